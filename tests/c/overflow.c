/* Claims more room than there is, so that the library writes behind it: what a sanitizer has to find. */
#include "check.h"

int main(void)
{
    char buffer[4];
    char *volatile place = buffer;
    size_t needed = 0;
    vcd_client *client = NULL;

    EXPECT(VCD_OK, vcd_client_new("https://a-name-that-is-longer-than-the-buffer.example", &client, NULL));
    EXPECT(VCD_OK, vcd_client_copy_text(client, VCD_CLIENT_SERVER, place, 1000, &needed, NULL));
    vcd_client_free(client);
    return checks_passed();
}

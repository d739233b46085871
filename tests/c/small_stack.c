/* A whole sign-in and a GET on a thread with a small stack, as some hosts give their threads. */
#include "session.h"
#include "thread.h"
#include <limits.h>

enum { STACK = 64 * 1024 };

static void *work(void *unused)
{
    vcd_client *client = signed_in();
    vcd_error *error = NULL;
    vcd_call *call = NULL;

    (void)unused;
    check_session_works(client);
    EXPECT(VCD_ERR_HTTP, vcd_get(client, "/cloudapi/1.0.0/nothing", &call, &error));
    CHECK(strlen(vcd_error_message(error)) > 0);
    vcd_error_free(error);
    vcd_call_free(call);
    must(vcd_sign_out(client, NULL), NULL);
    vcd_client_free(client);
    return &checks;
}

int main(void)
{
    pthread_attr_t attributes;
    pthread_t small;
    void *result = NULL;

    CHECK(pthread_attr_init(&attributes) == 0);
    CHECK(pthread_attr_setstacksize(&attributes, STACK) == 0);
    CHECK(pthread_create(&small, &attributes, work, NULL) == 0);
    CHECK(pthread_join(small, &result) == 0);
    CHECK(result == &checks);
    CHECK(pthread_attr_destroy(&attributes) == 0);
    return checks_passed();
}

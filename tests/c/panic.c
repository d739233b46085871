/* A panic stops at the boundary: a status, a message, and nothing printed. */
#include "session.h"

/* Exported for this test only. */
extern vcd_status vcd_test_panic(vcd_error **out_error);

int main(void)
{
    FILE *printed = tmpfile();
    vcd_error *error = NULL;
    vcd_client *client = NULL;
    vcd_status status, again;
    int real;

    CHECK(printed != NULL);
    real = dup(STDERR_FILENO);
    CHECK(real >= 0);
    CHECK(dup2(fileno(printed), STDERR_FILENO) >= 0);
    status = vcd_test_panic(&error);
    again = vcd_test_panic(NULL);
    CHECK(dup2(real, STDERR_FILENO) >= 0);
    EXPECT(VCD_ERR_PANIC, status);
    EXPECT(VCD_ERR_PANIC, again);
    CHECK_INT(vcd_error_code(error), VCD_ERR_PANIC);
    CHECK_CONTAINS(vcd_error_message(error), "report");
    CHECK_INT(error_int(error, VCD_ERROR_CODE), VCD_ERR_PANIC);
    vcd_error_free(error);
    CHECK(fseek(printed, 0, SEEK_END) == 0);
    CHECK_INT(ftell(printed), 0);
    CHECK(fclose(printed) == 0);
    CHECK(close(real) == 0);

    /* The library works on. */
    client = signed_in();
    check_session_works(client);
    vcd_client_free(client);
    return checks_passed();
}

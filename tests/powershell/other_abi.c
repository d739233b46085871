/* A library that is vcdrest of another ABI, for the test that the module refuses it. */
#include <stdint.h>
#if defined(_WIN32)
__declspec(dllexport)
#endif
uint32_t vcd_abi_version(void)
{
    return 7u << 16;
}

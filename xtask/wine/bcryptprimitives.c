/* Windows has this library since version 8, Wine since version 9: Rust takes the seeds of its hash tables from it. */
#include <windows.h>

/* RtlGenRandom. */
BOOLEAN NTAPI SystemFunction036(PVOID data, ULONG length);

__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE data, SIZE_T length)
{
    return SystemFunction036(data, (ULONG)length);
}

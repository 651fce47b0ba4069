// The portable path: plain C, SSE2 on x86-64.
#define KERNELS_NAME "portable"
#define KERNELS_TABLE grove_kernels_portable
#include "kernels.inc"

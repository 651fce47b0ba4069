// The avx2 path: the one source compiled for that instruction set.
#if defined(__x86_64__)
#include <immintrin.h>
#include <math.h>
#include <string.h>

#include "CKernels.h"

#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define KERNELS_AVX2
#define KERNELS_NAME "avx2"
#define KERNELS_TABLE grove_kernels_avx2
#include "kernels.inc"
#pragma clang attribute pop
#endif

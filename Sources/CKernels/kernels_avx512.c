// The avx512 path: the one source compiled for that instruction set.
#if defined(__x86_64__)
#include <immintrin.h>
#include <math.h>
#include <string.h>

#include "CKernels.h"

#pragma clang attribute push(__attribute__((target("avx512f,avx512dq,avx512vl,avx512bw,fma"))), apply_to = function)
#define KERNELS_AVX512
#define KERNELS_NAME "avx512"
#define KERNELS_TABLE grove_kernels_avx512
#include "kernels.inc"
#pragma clang attribute pop
#endif

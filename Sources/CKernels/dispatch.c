// Chooses the table of kernels once, by processor or by GROVE_CPU.
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "CKernels.h"

extern const grove_kernels grove_kernels_portable;
#if defined(__x86_64__)
extern const grove_kernels grove_kernels_avx2, grove_kernels_avx512;

static bool has_avx2(void) { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"); }
static bool has_avx512(void) {
  return has_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
         __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw");
}
#endif

const grove_kernels *grove_kernels_named(const char *name) {
  if (strcmp(name, "portable") == 0) return &grove_kernels_portable;
#if defined(__x86_64__)
  if (strcmp(name, "avx2") == 0) return has_avx2() ? &grove_kernels_avx2 : NULL;
  if (strcmp(name, "avx512") == 0) return has_avx512() ? &grove_kernels_avx512 : NULL;
#endif
  return NULL;
}

static const grove_kernels *active;
static pthread_once_t chosen = PTHREAD_ONCE_INIT;

static void choose(void) {
  const char *forced = getenv("GROVE_CPU");
  if (forced && *forced) {
    active = grove_kernels_named(forced);
    return;
  }
  active = &grove_kernels_portable;
#if defined(__x86_64__)
  if (has_avx2()) active = &grove_kernels_avx2;
  if (has_avx512()) active = &grove_kernels_avx512;
#endif
}

const grove_kernels *grove_active_kernels(void) {
  pthread_once(&chosen, choose);
  return active;
}

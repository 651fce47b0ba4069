// Loads OpenBLAS on first use, told which of its kernels to take.
//
// OpenBLAS chooses by a table of processor models when it is loaded, and takes kernels of 2004 for a model that is
// newer than the table: a fifth of the speed. It can be told otherwise only before it is loaded, by an environment
// variable, so it is not linked but opened here, after the processor has been asked what it can do.
#include "openblas_shim.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

enum { ROW_MAJOR = 101, NO_TRANSPOSE = 111, TRANSPOSE = 112 };  // of CBLAS

static void (*sgemm)(int, int, int, int, int, int, float, const float *, int, const float *, int, float, float *, int);
static char *(*configuration)(void);
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void *symbol(void *library, const char *name) {
  void *found = library ? dlsym(library, name) : NULL;
  if (found) return found;
  // As the dynamic linker does for a library that is linked.
  fprintf(stderr, "grove: OpenBLAS cannot be loaded: %s; install libopenblas0\n", dlerror());
  exit(127);
}

static void load(void) {
#if defined(__x86_64__)
  const char *kernels = NULL;
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) kernels = "Haswell";
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
      __builtin_cpu_supports("avx512bw"))
    kernels = "SkylakeX";
  if (kernels) setenv("OPENBLAS_CORETYPE", kernels, 0);
#endif
  void *library = dlopen("libopenblas.so.0", RTLD_NOW | RTLD_LOCAL);
  void (*set_threads)(int) = (void (*)(int))symbol(library, "openblas_set_num_threads");
  set_threads(1);
  *(void **)&configuration = symbol(library, "openblas_get_config");
  *(void **)&sgemm = symbol(library, "cblas_sgemm");
}

void grove_sgemm(bool transpose_a, bool transpose_b, int64_t m, int64_t n, int64_t k, float alpha, const float *a,
                 int64_t lda, const float *b, int64_t ldb, float beta, float *c, int64_t ldc) {
  pthread_once(&once, load);
  sgemm(ROW_MAJOR, transpose_a ? TRANSPOSE : NO_TRANSPOSE, transpose_b ? TRANSPOSE : NO_TRANSPOSE, (int)m, (int)n,
        (int)k, alpha, a, (int)lda, b, (int)ldb, beta, c, (int)ldc);
}

const char *grove_openblas_configuration(void) {
  pthread_once(&once, load);
  return configuration();
}

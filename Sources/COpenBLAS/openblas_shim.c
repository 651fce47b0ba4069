#include "openblas_shim.h"

#include <cblas.h>
#include <pthread.h>

extern void openblas_set_num_threads(int);
extern char *openblas_get_config(void);

static pthread_once_t once = PTHREAD_ONCE_INIT;
static void one_thread(void) { openblas_set_num_threads(1); }

void grove_sgemm(bool transpose_a, bool transpose_b, int64_t m, int64_t n, int64_t k, float alpha, const float *a,
                 int64_t lda, const float *b, int64_t ldb, float beta, float *c, int64_t ldc) {
  pthread_once(&once, one_thread);
  cblas_sgemm(CblasRowMajor, transpose_a ? CblasTrans : CblasNoTrans, transpose_b ? CblasTrans : CblasNoTrans,
              (blasint)m, (blasint)n, (blasint)k, alpha, a, (blasint)lda, b, (blasint)ldb, beta, c, (blasint)ldc);
}

const char *grove_openblas_configuration(void) { return openblas_get_config(); }

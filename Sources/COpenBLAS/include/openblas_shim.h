// The two calls of OpenBLAS that Grove uses, so that its headers (whose place differs between systems) stay here.
#ifndef GROVE_OPENBLAS_SHIM_H
#define GROVE_OPENBLAS_SHIM_H

#include <stdbool.h>
#include <stdint.h>

// C = alpha · op(A) · op(B) + beta · C, row major. Runs on the calling thread only.
void grove_sgemm(bool transpose_a, bool transpose_b, int64_t m, int64_t n, int64_t k, float alpha, const float *a,
                 int64_t lda, const float *b, int64_t ldb, float beta, float *c, int64_t ldc);

// Version and processor kernel, as OpenBLAS prints them.
const char *grove_openblas_configuration(void);

#endif

#include "graphblas_shim.h"

#include <pthread.h>
#include <stdlib.h>

#if GxB_IMPLEMENTATION_MAJOR != 7
#error "Grove is written for GraphBLAS 7; later versions set threads through GxB_Context"
#endif

// Allocation. The count is of this thread alone, so a test that starves itself leaves its neighbours alone.
static _Thread_local int64_t allowed_allocations = -1;

static bool may_allocate(void) {
  if (allowed_allocations < 0) return true;
  if (allowed_allocations == 0) return false;
  allowed_allocations--;
  return true;
}
static void *counted_malloc(size_t size) { return may_allocate() ? malloc(size) : NULL; }
static void *counted_calloc(size_t count, size_t size) { return may_allocate() ? calloc(count, size) : NULL; }
static void *counted_realloc(void *memory, size_t size) { return may_allocate() ? realloc(memory, size) : NULL; }

void grove_graphblas_limit_allocations(int64_t allowed) { allowed_allocations = allowed; }
void *grove_graphblas_allocate(size_t bytes) { return counted_malloc(bytes == 0 ? 1 : bytes); }
void grove_graphblas_release(void *memory) { free(memory); }

// Start.
static pthread_once_t once = PTHREAD_ONCE_INIT;
static int requested_threads = 1;
static GrB_Info start_status = GrB_UNINITIALIZED_OBJECT;
static GrB_Descriptor descriptors[GROVE_DESCRIPTOR_COUNT];

static GrB_Info make_descriptor(int bits) {
  GrB_Info info = GrB_Descriptor_new(&descriptors[bits]);
  GrB_Descriptor d = descriptors[bits];
  if (info == GrB_SUCCESS && (bits & GROVE_REPLACE)) info = GrB_Descriptor_set(d, GrB_OUTP, GrB_REPLACE);
  if (info == GrB_SUCCESS && (bits & GROVE_MASK_STRUCTURE)) info = GrB_Descriptor_set(d, GrB_MASK, GrB_STRUCTURE);
  if (info == GrB_SUCCESS && (bits & GROVE_MASK_COMPLEMENT)) info = GrB_Descriptor_set(d, GrB_MASK, GrB_COMP);
  if (info == GrB_SUCCESS && (bits & GROVE_TRANSPOSE_FIRST)) info = GrB_Descriptor_set(d, GrB_INP0, GrB_TRAN);
  if (info == GrB_SUCCESS && (bits & GROVE_TRANSPOSE_SECOND)) info = GrB_Descriptor_set(d, GrB_INP1, GrB_TRAN);
  if (info == GrB_SUCCESS && (bits & GROVE_DOT_PRODUCTS)) info = GxB_Desc_set(d, GxB_AxB_METHOD, GxB_AxB_DOT);
  if (info == GrB_SUCCESS && (bits & GROVE_ONE_THREAD)) info = GxB_Desc_set(d, GxB_DESCRIPTOR_NTHREADS, 1);
  return info;
}

static void start(void) {
  start_status = GxB_init(GrB_BLOCKING, counted_malloc, counted_calloc, counted_realloc, free);
  if (start_status != GrB_SUCCESS) return;
  start_status = GxB_Global_Option_set(GxB_GLOBAL_NTHREADS, requested_threads);
  for (int bits = 0; bits < GROVE_DESCRIPTOR_COUNT && start_status == GrB_SUCCESS; bits++) {
    start_status = make_descriptor(bits);
  }
}

GrB_Info grove_graphblas_start(int threads) {
  static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
  pthread_mutex_lock(&lock);  // `requested_threads` is what the once-only function reads
  requested_threads = threads < 1 ? 1 : threads;
  pthread_once(&once, start);
  pthread_mutex_unlock(&lock);
  return start_status;
}

GrB_Descriptor grove_descriptor(int bits) { return descriptors[bits]; }

void grove_graphblas_set_threads(int threads, double work_per_thread) {
  GxB_Global_Option_set(GxB_GLOBAL_NTHREADS, threads);
  GxB_Global_Option_set(GxB_GLOBAL_CHUNK, work_per_thread);
}

#define TEXT_OF(number) #number
#define TEXT(number) TEXT_OF(number)

const char *grove_graphblas_version(void) {
  return TEXT(GxB_IMPLEMENTATION_MAJOR) "." TEXT(GxB_IMPLEMENTATION_MINOR) "." TEXT(GxB_IMPLEMENTATION_SUB);
}

#define NAME(status) \
  case status: return #status
const char *grove_graphblas_status_name(GrB_Info info) {
  switch (info) {
    NAME(GrB_SUCCESS);
    NAME(GrB_NO_VALUE);
    NAME(GrB_UNINITIALIZED_OBJECT);
    NAME(GrB_NULL_POINTER);
    NAME(GrB_INVALID_VALUE);
    NAME(GrB_INVALID_INDEX);
    NAME(GrB_DOMAIN_MISMATCH);
    NAME(GrB_DIMENSION_MISMATCH);
    NAME(GrB_OUTPUT_NOT_EMPTY);
    NAME(GrB_NOT_IMPLEMENTED);
    NAME(GrB_PANIC);
    NAME(GrB_OUT_OF_MEMORY);
    NAME(GrB_INSUFFICIENT_SPACE);
    NAME(GrB_INVALID_OBJECT);
    NAME(GrB_INDEX_OUT_OF_BOUNDS);
    NAME(GrB_EMPTY_OBJECT);
    default: return "an unknown GrB_Info";
  }
}

#define OBJECT(type, name, object) \
  type name(void) { return object; }

OBJECT(GrB_Type, grove_type_bool, GrB_BOOL)
OBJECT(GrB_Type, grove_type_int32, GrB_INT32)
OBJECT(GrB_Type, grove_type_int64, GrB_INT64)
OBJECT(GrB_Type, grove_type_fp32, GrB_FP32)
OBJECT(GrB_Type, grove_type_fp64, GrB_FP64)

OBJECT(GrB_BinaryOp, grove_first_fp32, GrB_FIRST_FP32)
OBJECT(GrB_BinaryOp, grove_second_fp32, GrB_SECOND_FP32)
OBJECT(GrB_BinaryOp, grove_plus_fp32, GrB_PLUS_FP32)
OBJECT(GrB_BinaryOp, grove_times_fp32, GrB_TIMES_FP32)
OBJECT(GrB_BinaryOp, grove_max_fp32, GrB_MAX_FP32)
OBJECT(GrB_BinaryOp, grove_min_fp32, GrB_MIN_FP32)
OBJECT(GrB_BinaryOp, grove_plus_int64, GrB_PLUS_INT64)
OBJECT(GrB_BinaryOp, grove_plus_fp64, GrB_PLUS_FP64)
OBJECT(GrB_BinaryOp, grove_min_int32, GrB_MIN_INT32)
OBJECT(GrB_UnaryOp, grove_identity_fp32, GrB_IDENTITY_FP32)

OBJECT(GrB_Monoid, grove_plus_monoid_int64, GrB_PLUS_MONOID_INT64)
OBJECT(GrB_Monoid, grove_min_monoid_fp32, GrB_MIN_MONOID_FP32)

OBJECT(GrB_Semiring, grove_plus_times_fp32, GrB_PLUS_TIMES_SEMIRING_FP32)
OBJECT(GrB_Semiring, grove_min_plus_fp32, GrB_MIN_PLUS_SEMIRING_FP32)
OBJECT(GrB_Semiring, grove_max_times_fp32, GrB_MAX_TIMES_SEMIRING_FP32)
OBJECT(GrB_Semiring, grove_lor_land_bool, GrB_LOR_LAND_SEMIRING_BOOL)
OBJECT(GrB_Semiring, grove_any_pair_bool, GxB_ANY_PAIR_BOOL)
OBJECT(GrB_Semiring, grove_plus_pair_int64, GxB_PLUS_PAIR_INT64)
OBJECT(GrB_Semiring, grove_plus_first_fp64, GxB_PLUS_FIRST_FP64)
OBJECT(GrB_Semiring, grove_plus_times_fp64, GrB_PLUS_TIMES_SEMIRING_FP64)
OBJECT(GrB_Semiring, grove_min_first_int32, GrB_MIN_FIRST_SEMIRING_INT32)

OBJECT(GrB_IndexUnaryOp, grove_select_off_diagonal, GrB_OFFDIAG)
OBJECT(GrB_IndexUnaryOp, grove_select_diagonal, GrB_DIAG)
OBJECT(GrB_IndexUnaryOp, grove_select_lower_triangle, GrB_TRIL)

const GrB_Index *grove_all(void) { return GrB_ALL; }

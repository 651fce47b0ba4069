// SuiteSparse GraphBLAS 7 for Swift: its typed functions come in as they are; what Swift cannot read (built-in objects
// are mutable globals, options are variadic) is returned by functions here.
//
// GraphBLAS runs on OpenMP threads of its own. Calls belong on the main path, where Grove's worker pool sleeps: then
// the machine is not oversubscribed. Nothing breaks otherwise; it is only slower.
#ifndef GROVE_GRAPHBLAS_SHIM_H
#define GROVE_GRAPHBLAS_SHIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if __has_include(<GraphBLAS.h>)
#include <GraphBLAS.h>
#elif __has_include(<suitesparse/GraphBLAS.h>)
#include <suitesparse/GraphBLAS.h>
#else
#error "GraphBLAS.h is missing: install libgraphblas-dev"
#endif

// Starts GraphBLAS in blocking mode (every call finishes its work, so an error belongs to the call that returns it) and
// sets its number of threads. Only the first call acts; any thread may make it. Returns the status of that first call.
GrB_Info grove_graphblas_start(int threads);

// Version of the library that was compiled against, such as "7.4.0".
const char *grove_graphblas_version(void);

// The name of a status, such as "GrB_OUT_OF_MEMORY".
const char *grove_graphblas_status_name(GrB_Info info);

// For tests: threads, and the amount of work below which a call keeps to one thread (0 = the library's own choice).
void grove_graphblas_set_threads(int threads, double work_per_thread);

// For tests: after `allowed` more allocations on this thread, all further ones on it fail; -1 stops that.
void grove_graphblas_limit_allocations(int64_t allowed);

// Memory that GraphBLAS may take over or has handed out.
void *grove_graphblas_allocate(size_t bytes);
void grove_graphblas_release(void *memory);

// A descriptor from these bits; all are made at start.
enum {
  GROVE_ONE_THREAD = 1,
  GROVE_MASK_STRUCTURE = 2,
  GROVE_MASK_COMPLEMENT = 4,
  GROVE_TRANSPOSE_FIRST = 8,
  GROVE_TRANSPOSE_SECOND = 16,
  GROVE_DOT_PRODUCTS = 32,
  GROVE_REPLACE = 64,
  GROVE_DESCRIPTOR_COUNT = 128
};
GrB_Descriptor grove_descriptor(int bits);

// Built-in objects, under the names that GraphBLAS gives them without its prefix.
GrB_Type grove_type_bool(void);
GrB_Type grove_type_int32(void);
GrB_Type grove_type_int64(void);
GrB_Type grove_type_fp32(void);
GrB_Type grove_type_fp64(void);

GrB_BinaryOp grove_first_fp32(void);
GrB_BinaryOp grove_second_fp32(void);
GrB_BinaryOp grove_plus_fp32(void);
GrB_BinaryOp grove_times_fp32(void);
GrB_BinaryOp grove_max_fp32(void);
GrB_BinaryOp grove_min_fp32(void);
GrB_BinaryOp grove_plus_int64(void);
GrB_BinaryOp grove_plus_fp64(void);
GrB_BinaryOp grove_min_int32(void);
GrB_UnaryOp grove_identity_fp32(void);

GrB_Monoid grove_plus_monoid_int64(void);
GrB_Monoid grove_min_monoid_fp32(void);

GrB_Semiring grove_plus_times_fp32(void);
GrB_Semiring grove_min_plus_fp32(void);
GrB_Semiring grove_max_times_fp32(void);
GrB_Semiring grove_lor_land_bool(void);
GrB_Semiring grove_any_pair_bool(void);
GrB_Semiring grove_plus_pair_int64(void);
GrB_Semiring grove_plus_first_fp64(void);
GrB_Semiring grove_plus_times_fp64(void);
GrB_Semiring grove_min_first_int32(void);

GrB_IndexUnaryOp grove_select_off_diagonal(void);
GrB_IndexUnaryOp grove_select_diagonal(void);
GrB_IndexUnaryOp grove_select_lower_triangle(void);

// "All rows" or "all columns" in an extract or assign.
const GrB_Index *grove_all(void);

#endif

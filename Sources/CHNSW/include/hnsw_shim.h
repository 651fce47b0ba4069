// Approximate nearest rows with hnswlib: the few calls that Grove needs, without C++ in sight.
#ifndef GROVE_HNSW_SHIM_H
#define GROVE_HNSW_SHIM_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct grove_hnsw grove_hnsw;

// A graph for up to `capacity` rows of `width` floats, by inner product. Null for lack of memory.
grove_hnsw *grove_hnsw_create(size_t width, size_t capacity, size_t links, size_t candidates, uint64_t seed);

// A graph out of a file that grove_hnsw_save wrote and whose bytes are known to be right. Null where it does not hold
// `count` rows of `width` floats, or for lack of memory.
grove_hnsw *grove_hnsw_load(const char *path, size_t width, size_t count);

void grove_hnsw_free(grove_hnsw *graph);

// Adds a row: 0, or -1 for lack of memory. Equal rows in equal order give equal graphs.
int grove_hnsw_add(grove_hnsw *graph, const float *row, uint64_t number);

// Numbers of the rows with the largest inner products, in no order: how many, or -1 on an error.
ptrdiff_t grove_hnsw_search(
    grove_hnsw *graph, const float *query, size_t count, size_t candidates, uint64_t *numbers);

// Writes the graph in hnswlib's own format: the bytes that the file must have, or -1 on an error that was noticed.
int64_t grove_hnsw_save(grove_hnsw *graph, const char *path);

#ifdef __cplusplus
}
#endif
#endif

// XXH3, the fast hash that store files are checked by: the few calls that Grove needs.
#ifndef GROVE_XXHASH_SHIM_H
#define GROVE_XXHASH_SHIM_H

#include <stddef.h>
#include <stdint.h>

typedef struct {
  uint64_t low, high;
} grove_hash128;

// 128 bits over bytes at hand.
grove_hash128 grove_hash128_of(const void *bytes, size_t count, uint64_t seed);

// The sum, word by word, of the hashes of a row's entries. An entry is 40 bytes: the row's key, the column's key and the
// entry's detail. `keys` holds two words a column; of an entry's word, the upper half is the column and the lower the
// detail.
grove_hash128 grove_hash_row(
    const uint64_t row[2], const uint64_t *keys, const uint64_t *entries, size_t count, uint64_t seed);

typedef struct grove_hash_state grove_hash_state;

// The same over bytes that come in pieces. Null for lack of memory.
grove_hash_state *grove_hash_create(void);
void grove_hash_update(grove_hash_state *state, const void *bytes, size_t count);
grove_hash128 grove_hash_digest(const grove_hash_state *state);
void grove_hash_free(grove_hash_state *state);

// XXH_VERSION_NUMBER of what was compiled in.
unsigned grove_hash_version(void);

#endif

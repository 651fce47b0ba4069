#include "xxhash_shim.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <stdlib.h>

struct grove_hash_state {
  XXH3_state_t *state;
};

static grove_hash128 words(XXH128_hash_t hash) {
  grove_hash128 result = {hash.low64, hash.high64};
  return result;
}

grove_hash128 grove_hash128_of(const void *bytes, size_t count, uint64_t seed) {
  return words(XXH3_128bits_withSeed(bytes, count, seed));
}

// Flattened, so that the hash is made for its one length.
__attribute__((flatten)) grove_hash128 grove_hash_row(
    const uint64_t row[2], const uint64_t *keys, const uint64_t *entries, size_t count, uint64_t seed) {
  enum { ahead = 16 };
  grove_hash128 sum = {0, 0};
  // Keys lie anywhere.
  for (size_t i = 0; i < count && i < ahead; i++) __builtin_prefetch(keys + 2 * (entries[i] >> 32));
  for (size_t i = 0; i < count; i++) {
    if (i + ahead < count) __builtin_prefetch(keys + 2 * (entries[i + ahead] >> 32));
    const uint64_t *key = keys + 2 * (entries[i] >> 32);
    const uint64_t entry[5] = {row[0], row[1], key[0], key[1], entries[i] & UINT32_MAX};
    const XXH128_hash_t hash = XXH3_128bits_withSeed(entry, sizeof entry, seed);
    sum.low += hash.low64;
    sum.high += hash.high64;
  }
  return sum;
}

grove_hash_state *grove_hash_create(void) {
  grove_hash_state *result = malloc(sizeof *result);
  if (!result) return NULL;
  result->state = XXH3_createState();
  if (!result->state) {
    free(result);
    return NULL;
  }
  XXH3_128bits_reset(result->state);
  return result;
}

void grove_hash_update(grove_hash_state *state, const void *bytes, size_t count) {
  XXH3_128bits_update(state->state, bytes, count);
}

grove_hash128 grove_hash_digest(const grove_hash_state *state) { return words(XXH3_128bits_digest(state->state)); }

void grove_hash_free(grove_hash_state *state) {
  if (!state) return;
  XXH3_freeState(state->state);
  free(state);
}

unsigned grove_hash_version(void) { return XXH_versionNumber(); }

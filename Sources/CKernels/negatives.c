// Negative sampling: draws candidates that an anchor's row of known positives does not hold. Every draw touches that row at
// random, so each asks for the rows some anchors ahead.
#include "CKernels.h"

enum { SOON = 8, TRIES = 32 };

// Number of entries of a rising row that are at most `id` where `shift` is 0; with 1, of entries e[i] with e[i] − i at most `id`.
static inline int64_t count_through(const int32_t *row, int64_t length, int64_t id, int64_t shift) {
  int64_t low = 0;
  while (length > 0) {
    int64_t half = length >> 1;
    bool below = row[low + half] - shift * (low + half) <= id;
    low += below ? half + 1 : 0;
    length = below ? length - half - 1 : half;
  }
  return low;
}

int64_t grove_candidate_at(const int32_t *row, int64_t length, int64_t rank) {
  return rank + count_through(row, length, rank, 1);
}

bool grove_row_holds(const int32_t *row, int64_t length, int64_t id) {
  int64_t through = count_through(row, length, id, 0);
  return through > 0 && row[through - 1] == id;
}

static inline void ask_for(grove_csr excluded, const int32_t *anchors, int64_t i, int64_t count) {
  if (i + 2 * SOON < count) __builtin_prefetch(excluded.offsets + anchors[i + 2 * SOON]);
  if (i + SOON < count) {
    int64_t first = excluded.offsets[anchors[i + SOON]], end = excluded.offsets[anchors[i + SOON] + 1];
    __builtin_prefetch(excluded.columns + ((first + end) >> 1));
  }
}

int64_t grove_draw_uniform(grove_csr excluded, const int32_t *anchors, int64_t count, int64_t each, int64_t candidates,
                           uint64_t key, int64_t first_row, int32_t *out) {
  for (int64_t i = 0; i < count; i++) {
    ask_for(excluded, anchors, i, count);
    int64_t first = excluded.offsets[anchors[i]], length = excluded.offsets[anchors[i] + 1] - first;
    if (length >= candidates) return i;
    uint64_t row_key = grove_row_key(key, (uint64_t)(first_row + i));
    for (int64_t slot = 0; slot < each; slot++) {
      int64_t rank = (int64_t)(((unsigned __int128)grove_pair_bits(row_key, (uint64_t)slot) * (uint64_t)(candidates - length)) >> 64);
      out[i * each + slot] = (int32_t)grove_candidate_at(excluded.columns + first, length, rank);
    }
  }
  return -1;
}

static inline int32_t alias_draw(const grove_alias *table, int64_t size, uint64_t bits) {
  unsigned __int128 product = (unsigned __int128)bits * (uint64_t)size;
  int64_t place = (int64_t)(product >> 64);
  return (uint32_t)((uint64_t)product >> 32) < table[place].own ? (int32_t)place : table[place].other;
}

void grove_draw_alias(const grove_alias *table, int64_t size, int64_t count, uint64_t key, int64_t first_row, int32_t *out) {
  for (int64_t i = 0; i < count; i++)
    out[i] = alias_draw(table, size, grove_pair_bits(key, (uint64_t)(first_row + i)));
}

int64_t grove_draw_weighted(grove_csr excluded, const grove_alias *table, int64_t size, const int32_t *anchors, int64_t count,
                            int64_t each, uint64_t key, int64_t first_row, int32_t *out) {
  int64_t rejected = 0;
  for (int64_t i = 0; i < count; i++) {
    ask_for(excluded, anchors, i, count);
    int64_t first = excluded.offsets[anchors[i]], length = excluded.offsets[anchors[i] + 1] - first;
    uint64_t row_key = grove_row_key(key, (uint64_t)(first_row + i));
    for (int64_t slot = 0; slot < each; slot++) {
      int32_t drawn = -1;
      for (int64_t go = 0; go < TRIES && drawn < 0; go++) {
        int32_t id = alias_draw(table, size, grove_pair_bits(row_key, (uint64_t)(slot * TRIES + go)));
        if (grove_row_holds(excluded.columns + first, length, id)) rejected++;
        else drawn = id;
      }
      out[i * each + slot] = drawn;
    }
  }
  return rejected;
}

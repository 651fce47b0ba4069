// Neighbor sampling: draws edges, looks up their sources and numbers these. Every step touches memory at random, so each
// runs over a whole block and asks for what it needs some steps ahead.
#include "CKernels.h"

enum { SOON = 16 };

static inline uint64_t random_below(uint64_t row_key, int64_t draw, uint64_t bound) {
  uint64_t bits = grove_pair_bits(row_key, (uint64_t)draw >> 1);
  uint64_t half = (draw & 1) ? bits >> 32 : bits & 0xffffffffull;
  return (half * bound) >> 32;
}

// Puts `place` among the sorted places; false where it is there already and repeats are not wanted.
static inline bool insert(int64_t *picked, int64_t count, int64_t place, bool repeats) {
  int64_t at = count;
  while (at > 0 && picked[at - 1] > place) at--;
  if (!repeats && at > 0 && picked[at - 1] == place) return false;
  for (int64_t i = count; i > at; i--) picked[i] = picked[i - 1];
  picked[at] = place;
  return true;
}

int64_t grove_draw_edges(const int64_t *offsets, const int32_t *targets, int64_t count, int64_t fanout, bool replacing,
                         uint64_t key, int64_t *out_offsets, int64_t *edges) {
  int64_t drawn = 0;
  out_offsets[0] = 0;
  for (int64_t row = 0; row < count; row++) {
    if (row + SOON < count) __builtin_prefetch(offsets + targets[row + SOON]);
    int64_t node = targets[row], first = offsets[node], degree = offsets[node + 1] - first;
    int64_t *picked = edges + drawn;
    if (fanout < 0 || (degree <= fanout && !replacing)) {
      for (int64_t i = 0; i < degree; i++) picked[i] = first + i;
      drawn += degree;
    } else if (degree > 0) {
      uint64_t row_key = grove_row_key(key, (uint64_t)node);
      if (replacing) {
        for (int64_t draw = 0; draw < fanout; draw++)
          insert(picked, draw, first + (int64_t)random_below(row_key, draw, (uint64_t)degree), true);
      } else {
        // Floyd: each number from degree − k up is drawn below itself, and stands in for one that is taken.
        for (int64_t draw = 0; draw < fanout; draw++) {
          int64_t last = degree - fanout + draw;
          int64_t place = first + (int64_t)random_below(row_key, draw, (uint64_t)(last + 1));
          if (!insert(picked, draw, place, false)) insert(picked, draw, first + last, true);
        }
      }
      drawn += fanout;
    }
    out_offsets[row + 1] = drawn;
  }
  return drawn;
}

void grove_pick(const int32_t *values, const int64_t *places, int64_t count, int32_t *out) {
  for (int64_t i = 0; i < count; i++) {
    if (i + SOON < count) __builtin_prefetch(values + places[i + SOON]);
    out[i] = values[places[i]];
  }
}

int64_t grove_number(int32_t *row_of_node, const int32_t *nodes, int64_t count, int32_t *list, int64_t listed,
                     int32_t *rows) {
  for (int64_t i = 0; i < count; i++) {
    if (i + SOON < count) __builtin_prefetch(row_of_node + nodes[i + SOON], 1);
    int32_t node = nodes[i], row = row_of_node[node];
    if (row < 0) {
      row = row_of_node[node] = (int32_t)listed;
      list[listed++] = node;
    }
    rows[i] = row;
  }
  return listed;
}

void grove_transpose(grove_csr rows, int64_t row_count, int64_t column_count, int64_t *starts, int32_t *out_columns,
                     int64_t *places) {
  int64_t entries = rows.offsets[row_count];
  for (int64_t c = 0; c <= column_count; c++) starts[c] = 0;
  for (int64_t e = 0; e < entries; e++) starts[rows.columns[e] + 1]++;
  for (int64_t c = 0; c < column_count; c++) starts[c + 1] += starts[c];
  // Each start is moved on to the end of its row while the row fills, and back afterwards.
  for (int64_t row = 0; row < row_count; row++)
    for (int64_t e = rows.offsets[row]; e < rows.offsets[row + 1]; e++) {
      if (e + SOON < entries) __builtin_prefetch(starts + rows.columns[e + SOON], 1);
      int64_t slot = starts[rows.columns[e]]++;
      out_columns[slot] = (int32_t)row;
      places[slot] = rows.positions ? rows.positions[e] : e;
    }
  for (int64_t c = column_count; c > 0; c--) starts[c] = starts[c - 1];
  starts[0] = 0;
}

// The hot loops of Grove behind one dispatch table, and the worker pool.
//
// Letters: N rows, E edges (stored entries of a CSR), F width, H heads, D = F / H.
// Every kernel works on a half-open range of rows or elements, [begin, end), so that callers can hand out
// blocks whose bounds depend on shapes only. An output row is written by one call: no atomics, and the same
// bytes for any number of threads. "Accumulates" means out += result.
#ifndef GROVE_CKERNELS_H
#define GROVE_CKERNELS_H

#include <stdbool.h>
#include <stdint.h>

// Asks for the memory at `place`, which need not be there, before it is wanted.
static inline void grove_prefetch(const void *place) { __builtin_prefetch(place, 1); }

// Asks the system to begin writing what is not yet on the disk of an open file. A hint: failures show in fsync.
void grove_begin_write_back(int file);

// Elementwise functions; the second argument `parameter` is the slope of leaky ReLU and the alpha of ELU.
typedef enum {
  GROVE_RELU,
  GROVE_LEAKY_RELU,
  GROVE_ELU,
  GROVE_GELU,
  GROVE_SIGMOID,
  GROVE_TANH,
  GROVE_SOFTPLUS,
  GROVE_EXP,
  GROVE_LOG,
  GROVE_SQUARE,
  GROVE_RECIPROCAL_SQUARE_ROOT
} grove_function;

// A CSR read by rows. `positions` (or NULL: the entry's own index) says which weight belongs to an entry, so
// that a transpose can read the weights of the original; `identities` (or NULL: the position itself) are edge
// ids in the parent graph, which key the dropout of attention.
typedef struct {
  const int64_t *offsets;
  const int32_t *columns;
  const int64_t *positions;
  const int64_t *identities;
} grove_csr;

// Inputs of graph attention: per-head scores of sources and targets, and the dropout of normalised attention.
typedef struct {
  const float *source_scores;  // [sources, H]
  const float *target_scores;  // [targets, H]
  float *maximum;              // [targets, H]: largest score of each target
  float *sum;                  // [targets, H]: sum of exp(score − maximum)
  float *packed;               // [targets, 3, H]: what the targets' backward pass keeps for the sources'
  float slope;
  float rate;
  uint64_t key;
  int64_t heads;
} grove_attention;

typedef struct {
  float learning_rate, beta1, beta2, epsilon, l2, decoupled_decay;
  float correction1, correction2;  // 1 − beta^step
} grove_adam;

typedef struct {
  const char *name;

  // out[r] = bias + Σ_k a[r, k] · b[k], where b [inner, width] lies in panels of `panel_columns`, the last of them narrower
  // where that will do: `inner` times the width rounded up to 16 floats. Where it accumulates there is no bias.
  // `pack_panels` lays out the panels [begin, end) of scale · b, or of scale · bᵀ where b is [width, inner].
  int64_t panel_columns;
  void (*pack_panels)(const float *b, bool transposed, float scale, int64_t inner, int64_t width, float *panels,
                      int64_t begin, int64_t end);
  void (*row_product)(const float *a, int64_t inner, const float *panels, int64_t width, const float *bias, float *out,
                      bool accumulate, int64_t begin, int64_t end);
  // out[i] = scale · Σ over rows r in [begin, end) of a[r, i] · b[r], for i in [first, last); a [N, height], b [N, width].
  // `space` holds `summed_rows` rows of b, their width rounded up to 16.
  int64_t summed_rows;
  void (*outer_products)(const float *a, int64_t height, const float *b, int64_t width, float scale, float *space,
                         float *out, bool accumulate, int64_t first, int64_t last, int64_t begin, int64_t end);

  // out[r] = bias + Σ weights[position(e), head] · x[columns[e]]; `weights` NULL means 1, `bias` NULL 0. Where it
  // accumulates there is no bias.
  void (*spmm)(grove_csr rows, const float *weights, int64_t heads, const float *x, int64_t width, const float *bias,
               float *out, bool accumulate, int64_t begin, int64_t end);
  // out[r, k] = max over entries of x[columns[e], k], 0 for an empty row; winner = entry's index in its row, −1.
  void (*spmm_max)(grove_csr rows, const float *x, int64_t width, float *out, int32_t *winner, int64_t begin,
                   int64_t end);
  // Rows are the sources of a transpose; adds gradient[target, k] where this edge won. `offsets` are the original's.
  void (*spmm_max_backward)(grove_csr transpose, const int64_t *offsets, const int32_t *winner,
                            const float *gradient, int64_t width, float *out, int64_t begin, int64_t end);
  // scores[position(e), head] += x[columns[e]] · y[r], per head (sampled dense-dense product).
  void (*sddmm)(grove_csr rows, const float *x, const float *y, int64_t width, int64_t heads, float *scores,
                int64_t begin, int64_t end);

  // Softmax over the entries of each row, per head; the backward accumulates.
  void (*segment_softmax)(const int64_t *offsets, const float *scores, int64_t heads, float *out, int64_t begin,
                          int64_t end);
  void (*segment_softmax_backward)(const int64_t *offsets, const float *out, const float *gradient, int64_t heads,
                                   float *scores_gradient, int64_t begin, int64_t end);

  // GAT: softmax over LeakyReLU(source + target score), dropout, weighted sum of x. No edge × head buffer: the
  // backward recomputes attention from maximum and sum. `_targets` runs over all rows first, fills `packed` and
  // accumulates the gradient of target_scores; `_sources` runs over the transpose and accumulates those of
  // source_scores and x.
  void (*gat)(grove_csr rows, grove_attention a, const float *x, int64_t width, float *out, int64_t begin,
              int64_t end);
  void (*gat_backward_targets)(grove_csr rows, grove_attention a, const float *x, int64_t width, const float *out,
                               const float *gradient, float *target_gradient, int64_t begin, int64_t end);
  void (*gat_backward_sources)(grove_csr transpose, grove_attention a, const float *x, int64_t width,
                               const float *gradient, float *source_gradient, float *x_gradient, int64_t begin,
                               int64_t end);

  // GATv2: score = vector · LeakyReLU(x[source] + y[target]) per head. In grove_attention only maximum, sum,
  // slope, rate, key and heads are read.
  void (*gatv2)(grove_csr rows, grove_attention a, const float *x, const float *y, const float *vector,
                int64_t width, float *out, int64_t begin, int64_t end);
  void (*gatv2_backward_targets)(grove_csr rows, grove_attention a, const float *x, const float *y,
                                 const float *vector, int64_t width, const float *out, const float *gradient,
                                 float *y_gradient, float *vector_gradient, int64_t begin, int64_t end);
  void (*gatv2_backward_sources)(grove_csr transpose, grove_attention a, const float *x, const float *y,
                                 const float *vector, int64_t width, const float *out, const float *gradient,
                                 float *x_gradient, int64_t begin, int64_t end);

  // Attention within segments: rows offsets[s] … offsets[s + 1] of q, k, v [N, F] attend to each other, per head;
  // out = softmax(scale · q · kᵀ) · v. Items are segment · H + head. `space` holds, of a segment of n rows and heads of
  // D columns, D · padded(n) + n · padded(D) + 14 (n + D) floats, the backward's 2 n² more; padded to whole 16s.
  // Backward accumulates.
  void (*segment_attention)(const float *q, const float *k, const float *v, const int64_t *offsets, int64_t width,
                            int64_t heads, float scale, float *space, float *out, int64_t begin, int64_t end);
  void (*segment_attention_backward)(const float *q, const float *k, const float *v, const float *gradient,
                                     const int64_t *offsets, int64_t width, int64_t heads, float scale, float *space,
                                     float *q_gradient, float *k_gradient, float *v_gradient, int64_t begin, int64_t end);

  // Elementwise over [begin, end). The backward reads x for GELU, softplus, logarithm and square, y = f(x) for the
  // others.
  void (*function)(grove_function f, float parameter, const float *x, float *out, int64_t begin, int64_t end);
  void (*function_backward)(grove_function f, float parameter, const float *kept, const float *gradient, float *out,
                            bool accumulate, int64_t begin, int64_t end);
  void (*add)(const float *a, const float *b, float *out, int64_t begin, int64_t end);
  void (*add_scaled)(const float *a, float factor, float *out, int64_t begin, int64_t end);         // accumulates
  // out = p · a + q · b; b may be NULL where q is 0.
  void (*blend)(float p, const float *a, float q, const float *b, float *out, int64_t begin, int64_t end);
  void (*multiply)(const float *a, const float *b, float *out, int64_t begin, int64_t end);
  void (*multiply_accumulate)(const float *a, const float *b, float *out, int64_t begin, int64_t end);

  // Rows against a row vector [F] or a column vector [N]. All but the first accumulate where `accumulate`.
  void (*add_row_vector)(const float *x, const float *vector, int64_t width, float *out, int64_t begin, int64_t end);
  void (*scale_columns)(const float *x, const float *vector, int64_t width, float *out, bool accumulate,
                        int64_t begin, int64_t end);
  void (*scale_rows)(const float *x, const float *vector, int64_t width, float *out, bool accumulate, int64_t begin,
                     int64_t end);
  // out[k] += Σ over rows of x[r, k] (· y[r, k] where y is not NULL).
  void (*sum_rows)(const float *x, const float *y, int64_t width, float *out, int64_t begin, int64_t end);
  // out[r] += Σ over columns of x[r, k] · y[r, k], per head: out is [N, H]; y may be one row shared by all.
  void (*row_dot)(const float *x, const float *y, bool shared, int64_t width, int64_t heads, float *out,
                  int64_t begin, int64_t end);

  // Inverted dropout keyed by (key, row id, column); ids NULL means the row itself. Accumulates where asked.
  void (*dropout)(const float *x, const int32_t *ids, uint64_t key, float rate, int64_t width, float *out,
                  bool accumulate, int64_t begin, int64_t end);
  // Dropout of max(x, 0); its backward reads nothing but the sign of the result and scale = 1 / (1 − rate).
  void (*rectified_dropout)(const float *x, const int32_t *ids, uint64_t key, float rate, int64_t width, float *out,
                            int64_t begin, int64_t end);
  void (*rectified_backward)(const float *out, float scale, const float *gradient, float *x_gradient, bool accumulate,
                             int64_t begin, int64_t end);
  // Dropout on the stored values of a CSR, keyed by (row id, column); `values` NULL means 1.
  void (*dropout_sparse)(grove_csr rows, const float *values, const int32_t *ids, uint64_t key, float rate,
                         float *out, int64_t begin, int64_t end);
  // Uniform numbers in [0, 1) keyed the same way.
  void (*uniform)(uint64_t key, int64_t width, float *out, int64_t begin, int64_t end);

  void (*gather)(const float *x, const int32_t *ids, int64_t width, float *out, int64_t begin, int64_t end);
  // out[r, out_first + k] = x[r, first + k] for k in 0..<count, between rows of two widths; accumulates where asked.
  void (*copy_columns)(const float *x, int64_t width, int64_t first, float *out, int64_t out_width,
                       int64_t out_first, int64_t count, bool accumulate, int64_t begin, int64_t end);

  // Layer norm without affine part: out = (x − mean) · scale; saves scale = 1 / √(variance + ε). Accumulating backward.
  void (*layer_norm)(const float *x, int64_t width, float epsilon, float *out, float *scale, int64_t begin,
                     int64_t end);
  void (*layer_norm_backward)(const float *out, const float *scale, const float *gradient, int64_t width,
                              float *x_gradient, int64_t begin, int64_t end);
  // Layer norm of x + y with its affine part: out = (sum − mean) · scale · weight + bias. Where `normal` is not NULL it
  // keeps (sum − mean) · scale there, and scale.
  void (*layer_norm_sum)(const float *x, const float *y, const float *weight, const float *bias, int64_t width,
                         float epsilon, float *out, float *normal, float *scale, int64_t begin, int64_t end);
  // Batch norm: sums over rows of y and of y · (x − mean) are added to `sums` [2, F], y being x − mean where NULL;
  // out = (x − mean) · scale + shift; x_gradient = scale · (gradient − along[0] − (x − mean) · along[1]), or adds it.
  void (*column_moments)(const float *x, const float *mean, const float *y, int64_t width, float *sums, int64_t begin,
                         int64_t end);
  void (*batch_norm)(const float *x, const float *mean, const float *scale, const float *shift, int64_t width,
                     float *out, int64_t begin, int64_t end);
  void (*batch_norm_backward)(const float *x, const float *mean, const float *scale, const float *along,
                              const float *gradient, int64_t width, float *x_gradient, bool accumulate, int64_t begin,
                              int64_t end);
  // Divides each row by max(|row|₂, ε); saves that length.
  void (*normalize_rows)(const float *x, int64_t width, float epsilon, float *out, float *lengths, int64_t begin,
                         int64_t end);
  void (*normalize_rows_backward)(const float *out, const float *lengths, const float *gradient, int64_t width,
                                  float epsilon, float *x_gradient, int64_t begin, int64_t end);

  // Softmax or log-softmax of each row.
  void (*softmax)(const float *x, int64_t width, bool logarithm, float *out, int64_t begin, int64_t end);
  void (*softmax_backward)(const float *out, const float *gradient, int64_t width, bool logarithm,
                           float *x_gradient, int64_t begin, int64_t end);

  // The k largest numbers of each row, largest first, of equals the first; and their columns. k is at most the width.
  // With room for 2 k + 32 keys.
  void (*top_k)(const float *x, int64_t width, int64_t k, float *values, int32_t *columns, uint64_t *keys,
                int64_t begin, int64_t end);

  // Gradient of Σ over rows of scale · cross-entropy, given the log-softmax of each row; `weights` [C]. Accumulates.
  void (*cross_entropy_backward)(const float *logs, const int32_t *classes, const float *weights, float smoothing,
                                 float scale, int64_t width, float *x_gradient, int64_t begin, int64_t end);

  void (*adam_step)(grove_adam settings, const float *gradient, float *value, float *first, float *second,
                    int64_t begin, int64_t end);

  // Of points (x, y), w = 1 / (1 + distance²): out[r] = Σ p w (x[r] − x[j]), the same in y, Σ w² (x[r] − x[j]), the
  // same in y, Σ w over the others. attraction p is [count, count], out [count, 5].
  void (*plane_forces)(const float *attraction, const float *x, const float *y, int64_t count, float *out,
                       int64_t begin, int64_t end);
} grove_kernels;

// The table for this processor, chosen once: GROVE_CPU=portable|avx2|avx512 forces one. NULL when GROVE_CPU names
// a path that this processor cannot run or that does not exist.
const grove_kernels *grove_active_kernels(void);
// The table of that name, or NULL where the processor cannot run it.
const grove_kernels *grove_kernels_named(const char *name);

// Neighbor sampling; it is bound by memory alone, so all paths share it.
//
// Draws up to `fanout` edges (below 0: all) into each target and lists them in rising order: out_offsets [count + 1],
// edges as positions. A draw is keyed by (key, node, number of the draw). Returns the number of edges.
int64_t grove_draw_edges(const int64_t *offsets, const int32_t *targets, int64_t count, int64_t fanout, bool replacing,
                         uint64_t key, int64_t *out_offsets, int64_t *edges);
// out[i] = values[places[i]].
void grove_pick(const int32_t *values, const int64_t *places, int64_t count, int32_t *out);
// rows[i] = the row of nodes[i]: its place in `list`, to whose end new nodes go. row_of_node is -1 for nodes without a
// row. Returns how many are listed.
int64_t grove_number(int32_t *row_of_node, const int32_t *nodes, int64_t count, int32_t *list, int64_t listed,
                     int32_t *rows);
// The transpose of `rows`: starts [columns + 1], for each entry its row and its position. O(rows + columns + entries).
void grove_transpose(grove_csr rows, int64_t row_count, int64_t column_count, int64_t *starts, int32_t *out_columns,
                     int64_t *places);

// Negative sampling. Row `anchors[i]` of `excluded` lists in rising order, without repeats, what is never drawn for that
// anchor. Draws are keyed by (key, first_row + i, number of the draw).
//
// One place of an alias table: itself with probability own / 2³², else `other`.
typedef struct {
  uint32_t own;
  int32_t other;
} grove_alias;
// The id of that rank, from 0, among those of a range that a rising row does not hold. O(log length).
int64_t grove_candidate_at(const int32_t *row, int64_t length, int64_t rank);
// Whether a rising row holds an id. O(log length).
bool grove_row_holds(const int32_t *row, int64_t length, int64_t id);
// `each` ids of [0, candidates) for each anchor, all that are not excluded alike: out [count · each]. Returns -1, or the
// first anchor's place whose row excludes everything.
int64_t grove_draw_uniform(grove_csr excluded, const int32_t *anchors, int64_t count, int64_t each, int64_t candidates,
                           uint64_t key, int64_t first_row, int32_t *out);
// `count` places of an alias table.
void grove_draw_alias(const grove_alias *table, int64_t size, int64_t count, uint64_t key, int64_t first_row, int32_t *out);
// As grove_draw_uniform by an alias table; -1 where every try gave an excluded id. Returns how many were excluded.
int64_t grove_draw_weighted(grove_csr excluded, const grove_alias *table, int64_t size, const int32_t *anchors, int64_t count,
                            int64_t each, uint64_t key, int64_t first_row, int32_t *out);

// Calls task(context, begin, end) for every block of `grain` of [0, count), on all threads; returns when all are
// done. Runs inline when called from inside a task, or from a second thread while the pool is busy.
typedef void (*grove_task)(void *context, int64_t begin, int64_t end);
void grove_pool_run(int64_t count, int64_t grain, grove_task task, void *context);
// Makes the calling thread run all of its later work inline, for its whole life.
void grove_pool_stay_inline(void);
void grove_pool_set_threads(int threads);
int grove_pool_threads(void);

// 64 random bits for (key, row, column pair); the one definition of the counter-based stream.
static inline uint64_t grove_mix(uint64_t z) {
  z ^= z >> 30;
  z *= 0xbf58476d1ce4e5b9ull;
  z ^= z >> 27;
  z *= 0x94d049bb133111ebull;
  return z ^ (z >> 31);
}
static inline uint64_t grove_row_key(uint64_t key, uint64_t row) {
  return grove_mix(key + (row + 1) * 0x9e3779b97f4a7c15ull);
}
static inline uint64_t grove_pair_bits(uint64_t row_key, uint64_t pair) {
  return grove_mix(row_key + (pair + 1) * 0xd1342543de82ef95ull);
}

#endif

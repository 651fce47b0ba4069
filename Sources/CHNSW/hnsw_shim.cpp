#include "hnsw_shim.h"

#include <hnswlib/hnswlib.h>

#include <exception>
#include <memory>

struct grove_hnsw {
  hnswlib::InnerProductSpace space;
  std::unique_ptr<hnswlib::HierarchicalNSW<float>> graph;

  explicit grove_hnsw(size_t width) : space(width) {}
};

extern "C" grove_hnsw *grove_hnsw_create(
    size_t width, size_t capacity, size_t links, size_t candidates, uint64_t seed) {
  try {
    auto made = std::make_unique<grove_hnsw>(width);
    made->graph =
        std::make_unique<hnswlib::HierarchicalNSW<float>>(&made->space, capacity, links, candidates, seed);
    return made.release();
  } catch (const std::exception &) {
    return nullptr;
  }
}

extern "C" grove_hnsw *grove_hnsw_load(const char *path, size_t width, size_t count) {
  try {
    auto made = std::make_unique<grove_hnsw>(width);
    made->graph = std::make_unique<hnswlib::HierarchicalNSW<float>>(&made->space, path, false, count);
    const auto &graph = *made->graph;
    if (graph.cur_element_count != count || graph.label_offset_ - graph.offsetData_ != width * sizeof(float)) {
      return nullptr;
    }
    return made.release();
  } catch (const std::exception &) {
    return nullptr;
  }
}

extern "C" void grove_hnsw_free(grove_hnsw *graph) { delete graph; }

extern "C" int grove_hnsw_add(grove_hnsw *graph, const float *row, uint64_t number) {
  try {
    graph->graph->addPoint(row, number);
    return 0;
  } catch (const std::exception &) {
    return -1;
  }
}

extern "C" ptrdiff_t grove_hnsw_search(
    grove_hnsw *graph, const float *query, size_t count, size_t candidates, uint64_t *numbers) {
  try {
    graph->graph->setEf(candidates);
    auto found = graph->graph->searchKnn(query, count);
    ptrdiff_t filled = 0;
    while (!found.empty()) {
      numbers[filled++] = found.top().second;
      found.pop();
    }
    return filled;
  } catch (const std::exception &) {
    return -1;
  }
}

extern "C" int64_t grove_hnsw_save(grove_hnsw *graph, const char *path) {
  try {
    auto &it = *graph->graph;
    it.saveIndex(path);
    // hnswlib does not look whether its writes succeed: the length tells.
    int64_t bytes = 6 * sizeof(size_t) + sizeof(int) + sizeof(hnswlib::tableint) + 4 * sizeof(size_t) + sizeof(double);
    bytes += static_cast<int64_t>(it.cur_element_count * (it.size_data_per_element_ + sizeof(unsigned int)));
    for (size_t row = 0; row < it.cur_element_count; row++) {
      bytes += static_cast<int64_t>(it.size_links_per_element_) * it.element_levels_[row];
    }
    return bytes;
  } catch (const std::exception &) {
    return -1;
  }
}

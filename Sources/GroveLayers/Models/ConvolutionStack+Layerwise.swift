public import GroveGraphs
import GroveKernels
public import GroveTensors

extension ConvolutionStack {
  /// Output for every node of a graph, layer by layer, each layer in chunks of target rows with all their neighbors.
  ///
  /// It gives the very bits that a pass over the whole graph gives: a row's sums do not depend on the rows beside it. Norms
  /// see all rows.
  ///
  /// - Parameters:
  ///   - features: input rows of the given nodes, of all nodes where nil. → [nodes, F]
  ///   - chunkRows: targets of a chunk at most.
  ///   - chunkEdges: edges of a chunk at most, unless one row has more.
  /// - Complexity: time O(layers · E · width) and, beside the products, a gathered row for each edge at most; memory
  ///   O(N · width + rows and edges of a chunk · width), and nothing of the size of E where there are several chunks.
  public func layerwise(
    on graph: Graph, chunkRows: Int = 1 << 15, chunkEdges: Int = 1 << 21, features: ([Int32]?) -> Tensor
  ) -> NodeOutput {
    precondition(
      chunkRows >= 1 && chunkEdges >= 1, "layerwise: chunks of \(chunkRows) rows and \(chunkEdges) edges")
    return Pass.evaluation {
      let chunks = graph.chunks(rows: chunkRows, edges: chunkEdges)
      let sampler = NeighborSampler(graph, fanouts: [-1])
      var hidden: Tensor?
      var kept: [Tensor] = []
      for layer in convolutions.indices {
        let input = hidden
        let result = convolved(layer, graph, chunks, sampler) { nodes in
          guard let input else { return features(nodes) }
          return nodes.map { input.gathering(rows: $0) } ?? input
        }
        if head == nil && layer == convolutions.count - 1 {
          return NodeOutput(embedding: hidden ?? result, logits: result)
        }
        let rows = activated(result, layer)
        hidden = rows
        if head != nil { kept.append(rows) }
      }
      return classified(kept, rowIDs: nil)
    }
  }

  /// One convolution for all nodes, chunk by chunk.
  private func convolved(
    _ layer: Int, _ graph: Graph, _ chunks: [Range<Int>], _ sampler: NeighborSampler, input: ([Int32]?) -> Tensor
  ) -> Tensor {
    if chunks.count <= 1 { return convolved(dropped: input(nil), over: graph.block, layer) }
    var whole: (buffer: FloatBuffer, width: Int)?
    for chunk in chunks {
      // Nothing is drawn where all neighbors are taken.
      let block = sampler.sample(from: chunk.map { Int32($0) }, using: RandomStream(seed: 0))[0]
      let rows = convolved(dropped: input(block.sourceIDs), over: block, layer)
      let buffer = whole?.buffer ?? FloatBuffer(count: graph.nodeCount * rows.columns)
      buffer.copy(from: rows.buffer, at: chunk.lowerBound * rows.columns)
      whole = (buffer, rows.columns)
    }
    guard let whole else { preconditionFailure("layerwise: no chunks") }
    return Tensor(whole.buffer, rows: graph.nodeCount, columns: whole.width)
  }
}

extension Graph {
  /// Ranges of nodes that cover all, each of at most so many nodes and, but for single nodes, edges into them.
  fileprivate func chunks(rows: Int, edges: Int) -> [Range<Int>] {
    var chunks: [Range<Int>] = []
    var start = 0
    while start < nodeCount {
      var end = start + 1
      while end < nodeCount && end - start < rows
        && incoming.range(of: end).upperBound - incoming.range(of: start).lowerBound <= edges
      {
        end += 1
      }
      chunks.append(start..<end)
      start = end
    }
    return chunks
  }
}

public import GroveGraphs
import GroveKernels
public import GroveTensors

/// Dot-product attention over the edges, as in transformers, with a gated path for the node's own row.
///
///     alpha(j → i) = softmax over N(i) of (x[i] W_query) · (x[j] W_key + e[j, i]) / √D
///     m[i] = Σ alpha(j → i) · (x[j] W_value + e[j, i]),  heads concatenated or averaged;   e = edge features · W_edge
///     r[i] = x[i] · W_own,   h'[i] = β · r[i] + (1 − β) · m[i],   β = sigmoid([m, r, m − r] · g), without gate m + r
///
/// - Shape: x [S, in] → [T, H · D] concatenated, [T, D] averaged; query, key and value [in, H · D] with bias.
/// - Start: PyTorch's linear layers. The graph's edges are taken as they are, no loops are added.
/// - Complexity: O(E · H · D + S · in · H · D) time, O(E · H) memory, O(E · H · D) with edge features.
/// - Source: Shi 2021.
public final class TransformerConvolution: GraphConvolution {
  /// What targets ask with. [in, H · D]
  public let query: Linear
  /// What sources are asked by. [in, H · D]
  public let key: Linear
  /// What sources send. [in, H · D]
  public let value: Linear
  /// What edges add to key and value; nil where edges carry no features. [G, H · D]
  public let edge: Linear?
  /// W_own, the path around attention. [in, H · D] concatenated, [in, D] averaged
  public let own: Linear
  /// g, which weighs the two paths for each node; nil where they are added. [3 · width, 1]
  public let gate: Linear?
  /// H, the number of attention heads.
  public let heads: Int
  /// Whether the heads' rows stand side by side or are averaged.
  public let merge: HeadMerge
  /// Share of the attention weights that is zeroed in training, in 0..<1.
  public let attentionDropout: Float

  /// - Parameters:
  ///   - outputWidth: D, the width of one head.
  ///   - edgeWidth: G, the number of edge features; nil for none.
  ///   - isGated: whether β is learned.
  public init(
    _ inputWidth: Int, _ outputWidth: Int, heads: Int = 1, merge: HeadMerge = .concatenated, edgeWidth: Int? = nil,
    isGated: Bool = true, attentionDropout: Float = 0, from initializer: Initializer
  ) {
    let all = heads * outputWidth
    let merged = merge == .concatenated ? all : outputWidth
    query = Linear(inputWidth, all, from: initializer)
    key = Linear(inputWidth, all, from: initializer)
    value = Linear(inputWidth, all, from: initializer)
    edge = edgeWidth.map { Linear($0, all, bias: false, from: initializer) }
    own = Linear(inputWidth, merged, from: initializer)
    gate = isGated ? Linear(3 * merged, 1, bias: false, from: initializer) : nil
    self.heads = heads
    self.merge = merge
    self.attentionDropout = attentionDropout
  }

  /// h' of each target. [S, in] → [T, H · D] concatenated, [T, D] averaged
  ///
  /// - Precondition: `edges` is given where the layer was made with an edge width, one row an edge of the block.
  public func callAsFunction(_ source: Tensor, target: Tensor?, over block: Block, edges: Tensor?) -> Tensor {
    precondition(
      (edge == nil) == (edges == nil),
      "TransformerConvolution: edge features \(edges == nil ? "are missing" : "are not expected")")
    let targetRows = block.targetRows(of: source, given: target)
    let aggregation = block.aggregation
    let queries = query(targetRows)
    let terms = edge.flatMap { layer in edges.map { layer($0) } }
    var scores = key(source).edgeDots(targets: queries, heads: heads, over: aggregation)
    if let terms { scores = scores + queries.gathering(rows: block.edgeTargets).rowDot(terms, heads: heads) }
    let scale = 1 / (Float(query.weight.shape.columns) / Float(heads)).squareRoot()
    let attention = (scale * scores).segmentSoftmax(over: aggregation)
      .droppedOut(attentionDropout, rowIDs: block.edgeRowIDs)
    var mixed = value(source).aggregated(over: aggregation, weights: attention)
    if let terms { mixed = mixed + terms.aggregated(over: block.edgeRows, weights: attention) }
    let (message, rest) = (mixed.mergingHeads(heads, merge), own(targetRows))
    guard let gate else { return message + rest }
    let beta = gate(.concatenatingColumns([message, rest, message - rest])).sigmoid()
    return message + (rest - message).scalingRows(by: beta)
  }
}

extension Block {
  /// The target row of each edge. [E]
  ///
  /// - Complexity: O(T + E).
  var edgeTargets: [Int32] { aggregation.incoming.rowOfEntries }

  /// Edges as the sources of their targets: what sums a row an edge into a row a target.
  var edgeRows: Aggregation {
    Aggregation(
      incoming: EdgeIndex(offsets: aggregation.incoming.offsets, columns: (0..<edgeCount).map(Int32.init)),
      sourceCount: edgeCount)
  }

  /// Ids that key the dropout of a row an edge: an edge's place in the parent graph.
  var edgeRowIDs: [Int32]? { edgeIDs.map { $0.map { Int32(truncatingIfNeeded: $0) } } }
}

extension EdgeIndex {
  /// The row of each entry. [E]
  var rowOfEntries: [Int32] {
    var rows = [Int32](repeating: 0, count: entryCount)
    for row in 0..<rowCount {
      for entry in Int(offsets[row])..<Int(offsets[row + 1]) { rows[entry] = Int32(row) }
    }
    return rows
  }
}

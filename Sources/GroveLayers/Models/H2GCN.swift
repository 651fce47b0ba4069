public import GroveGraphs
import GroveKernels
public import GroveTensors

/// Rounds over exactly one and exactly two hops, each node's own row kept apart, all rounds side by side at the end.
///
///     r⁰ = ReLU(x W),   rᵏ = [Â₁ rᵏ⁻¹ ‖ Â₂ rᵏ⁻¹],   logits = dense(dropout([r⁰ ‖ r¹ ‖ … ‖ rᴷ]))
///
/// A₁ joins different nodes with an edge, A₂ nodes at a distance of exactly two; both are normalised symmetrically by
/// their own degrees and hold no self-loops. Edge weights are not used.
///
/// - Shape: x [N, in] → [N, C]; rᵏ is [N, 2ᵏ · hidden].
/// - Complexity: O(2ᴷ · (E + E₂) · hidden) a pass with E₂ pairs two hops apart, which hubs make many; they are found once
///   a graph in O(sum over edges of degrees) time.
/// - Source: Zhu 2020, designs D1 to D3 and section 3.2.
public final class H2GCN: NodeModel {
  /// Makes r⁰. [in, hidden]
  public let input: Linear
  /// Makes the logits from all rounds. [(2ᴷ⁺¹ − 1) · hidden, C]
  public let output: Linear
  /// K, the number of rounds.
  public let rounds: Int
  /// Share of the last layer's input that is zeroed in training, in 0..<1.
  public let dropout: Float
  private let kept = KeptByBlock<[Hop]>()

  /// A model of `rounds` rounds with a random start.
  public init(
    _ inputWidth: Int, hidden: Int, _ classCount: Int, rounds: Int, dropout: Float, from initializer: Initializer
  ) {
    precondition(rounds >= 1 && rounds <= 8, "H2GCN: \(rounds) rounds; each doubles the width, so at most 8")
    input = Linear(inputWidth, hidden, bias: false, start: .glorot, from: initializer)
    output = Linear(((1 << (rounds + 1)) - 1) * hidden, classCount, start: .glorot, from: initializer)
    self.rounds = rounds
    self.dropout = dropout
  }

  /// 1: every round walks the same block.
  public var blockCount: Int { 1 }

  /// Logits, and all rounds side by side as embedding. [N, in] → [N, C]
  public func callAsFunction(_ features: Tensor, over blocks: [Block]) -> NodeOutput {
    let block = blocks[0]
    let hops = kept.value(for: block) { exactHops(of: block).map(Hop.init) }
    var last = input(features).relu()
    var rows = [last]
    for _ in 0..<rounds {
      last = .concatenatingColumns(hops.map { last.aggregated(over: $0.aggregation, weights: $0.weights) })
      rows.append(last)
    }
    let all = Tensor.concatenatingColumns(rows)
    return NodeOutput(embedding: all, logits: output(all.droppedOut(dropout, rowIDs: block.sourceIDs)))
  }
}

/// Edges between different nodes, and from nodes at a distance of exactly two, each pair once.
///
/// - Precondition: the block's targets are its sources.
/// - Complexity: O(N + sum over edges j → i of the edges into j).
func exactHops(of block: Block) -> [Aggregation] {
  precondition(block.placement == .same, "H2GCN: two hops need the whole graph, \(block.targetCount) targets given")
  let index = block.aggregation.incoming
  let count = block.targetCount
  var hops = (offsets: [[Int64]](repeating: [0], count: 2), columns: [[Int32]](repeating: [], count: 2))
  var seenBy = [Int](repeating: -1, count: count)
  func sources(_ node: Int) -> Range<Int> { Int(index.offsets[node])..<Int(index.offsets[node + 1]) }
  for node in 0..<count {
    seenBy[node] = node
    let first = hops.columns[0].count
    for entry in sources(node) where seenBy[Int(index.columns[entry])] != node {
      seenBy[Int(index.columns[entry])] = node
      hops.columns[0].append(index.columns[entry])
    }
    for place in first..<hops.columns[0].count {
      for entry in sources(Int(hops.columns[0][place])) where seenBy[Int(index.columns[entry])] != node {
        seenBy[Int(index.columns[entry])] = node
        hops.columns[1].append(index.columns[entry])
      }
    }
    for hop in 0..<2 { hops.offsets[hop].append(Int64(hops.columns[hop].count)) }
  }
  return (0..<2).map {
    Aggregation(incoming: EdgeIndex(offsets: hops.offsets[$0], columns: hops.columns[$0]), sourceCount: count)
  }
}

/// Edges of one distance, with 1 / √(d[i] · d[j]) for each, d counting the edges into a node.
private struct Hop {
  let aggregation: Aggregation
  let weights: [Float]

  init(_ aggregation: Aggregation) {
    let index = aggregation.incoming
    let scale = (0..<index.rowCount).map { row -> Float in
      let degree = Int(index.offsets[row + 1] - index.offsets[row])
      return degree > 0 ? 1 / Float(degree).squareRoot() : 0
    }
    self.aggregation = aggregation
    weights = (0..<index.rowCount).flatMap { row in
      (Int(index.offsets[row])..<Int(index.offsets[row + 1])).map { scale[row] * scale[Int(index.columns[$0])] }
    }
  }
}

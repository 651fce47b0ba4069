public import GroveTensors

/// How the rows of several layers become one, for models whose classifier looks at all layers.
///
/// - `concatenated`: side by side.
/// - `max`: entry by entry the largest.
/// - `lstm`: a weighted mean; the weights are a softmax over scores that a bidirectional LSTM gives to the layers.
/// - Source: Xu 2018, section 5; `lstm` with ⌊L · F / 2⌋ units a direction, as in PyTorch Geometric.
public final class JumpingKnowledge: Module {
  /// How layers are merged.
  public let kind: JumpingKind
  /// The LSTM from the first layer to the last, with `lstm` only.
  public let forward: RecurrentCell?
  /// The LSTM from the last layer to the first, with `lstm` only.
  public let backward: RecurrentCell?
  /// Scores of the layers out of both LSTMs, with `lstm` only. [2 · units, 1]
  public let score: Linear?

  /// - Parameters:
  ///   - width: F, the columns of each layer's rows.
  ///   - layers: L, the number of layers.
  public init(_ kind: JumpingKind, width: Int, layers: Int, from initializer: Initializer) {
    precondition(kind != .none, "JumpingKnowledge: nothing to merge")
    self.kind = kind
    let units = max(1, layers * width / 2)
    forward = kind == .lstm ? RecurrentCell(width, units, from: initializer) : nil
    backward = kind == .lstm ? RecurrentCell(width, units, from: initializer) : nil
    score = kind == .lstm ? Linear(2 * units, 1, from: initializer) : nil
  }

  /// Width of the merged rows for layers of one width.
  public static func width(_ kind: JumpingKind, of width: Int, layers: Int) -> Int {
    kind == .concatenated ? width * layers : width
  }

  /// One row a node out of its rows after each layer, the first layer's first.
  ///
  /// - Shape: L tensors [N, F] → [N, L · F] concatenated, else [N, F].
  public func callAsFunction(_ layers: [Tensor]) -> Tensor {
    guard let forward, let backward, let score else {
      return kind == .concatenated ? .concatenatingColumns(layers) : .maximum(layers)
    }
    let there = forward.outputs(of: layers)
    let back = Array(backward.outputs(of: layers.reversed()).reversed())
    let scores = zip(there, back).map { score(.concatenatingColumns([$0, $1])) }
    let shares = Tensor.concatenatingColumns(scores).softmax()
    let parts = layers.enumerated().map { $1.scalingRows(by: shares.columns($0..<$0 + 1)) }
    return parts.dropFirst().reduce(parts[0], +)
  }
}

/// Which layers the classifier of a model sees.
public enum JumpingKind: String, Sendable, CaseIterable, Codable {
  /// The last one alone.
  case none
  /// All, side by side.
  case concatenated
  /// The largest entries over all.
  case max
  /// A weighted mean whose weights an LSTM gives.
  case lstm
}

/// A long short-term memory cell.
///
///     i, f, g, o = x · W + h · U + b,   c ← σ(f) ∘ c + σ(i) ∘ tanh(g),   h ← σ(o) ∘ tanh(c)
///
/// - Shape: x [N, in] → h [N, units]; W [in, 4 · units], U [units, 4 · units], b [1, 4 · units] twice, as in PyTorch.
/// - Start: uniform in ±1/√units.
/// - Source: Hochreiter, Schmidhuber 1997, with a forget gate.
public final class RecurrentCell: Module {
  /// W and its bias. [in, 4 · units]
  public let input: Linear
  /// U and its bias. [units, 4 · units]
  public let recurrent: Linear

  /// A cell of `units` numbers of memory a row.
  public init(_ inputWidth: Int, _ units: Int, from initializer: Initializer) {
    input = Linear(inputWidth, 4 * units, fanIn: units, from: initializer)
    recurrent = Linear(units, 4 * units, fanIn: units, from: initializer)
  }

  /// h after each step of a sequence. Steps [N, in] → as many [N, units]
  public func outputs(of steps: [Tensor]) -> [Tensor] {
    let units = recurrent.weight.shape.rows
    var memory: (h: Tensor, c: Tensor)?
    return steps.map { x in
      var gates = input(x)
      if let memory {
        gates = gates + recurrent(memory.h)
      } else if let bias = recurrent.bias {
        gates = gates.addingRow(bias.value)
      }
      func gate(_ number: Int) -> Tensor { gates.columns(number * units..<(number + 1) * units) }
      let new = gate(0).sigmoid() * gate(2).tanh()
      let c = memory.map { gate(1).sigmoid() * $0.c + new } ?? new
      let h = gate(3).sigmoid() * c.tanh()
      memory = (h, c)
      return h
    }
  }
}

public import GroveGraphs
import GroveKernels
public import GroveTensors

/// Known labels spread over a trained model's probabilities: first the errors at known nodes, then the labels themselves.
///
///     spread(y):  yᵏ⁺¹ = after(α · S · yᵏ + (1 − α) · y)           S = D^-1/2 A D^-1/2 with the graph's own loops
///     correct:    ê = spread(e), e = label − probability at known nodes, else 0;   z = probability + scale ∘ ê
///     smooth:     g = z with labels at known nodes;   result = spread(g), kept in 0...1
///
/// With automatic scale ê is kept in −1...1 and each row of it is brought to the mean size of known errors; rows that would
/// grow more than a thousandfold stay as they are. With a fixed scale the errors of known nodes are put back after each
/// step.
///
/// - Shape: probabilities [N, C], labels [known, C] → [N, C].
/// - Complexity: O(steps · E · C).
/// - Source: Huang, He, Singh, Lim, Benson 2021, "Combining Label Propagation and Simple Models Out-performs Graph Neural
///   Networks"; steps, clamps and scales as PyTorch Geometric's `CorrectAndSmooth`.
public struct CorrectAndSmooth: Sendable {
  /// How corrections are scaled.
  public enum Scaling: Sendable, Equatable {
    /// Each row to the mean size of known errors.
    case automatic
    /// All by one number.
    case fixed(Float)
  }

  /// α of the errors' spread, in 0...1.
  public let correctionAlpha: Float
  /// α of the labels' spread, in 0...1.
  public let smoothingAlpha: Float
  /// Steps of each spread.
  public let steps: Int
  /// How corrections are scaled.
  public let scaling: Scaling

  /// Correction and smoothing with 50 steps, α 0.8 and automatic scale unless told otherwise.
  public init(
    correctionAlpha: Float = 0.8, smoothingAlpha: Float = 0.8, steps: Int = 50, scaling: Scaling = .automatic
  ) {
    self.correctionAlpha = correctionAlpha
    self.smoothingAlpha = smoothingAlpha
    self.steps = steps
    self.scaling = scaling
  }

  /// Correction, then smoothing. [N, C] → [N, C]
  public func callAsFunction(_ probabilities: Tensor, labels: Tensor, of nodes: [Int32], over block: Block) -> Tensor {
    let corrected = corrected(probabilities, labels: labels, of: nodes, over: block)
    return smoothed(corrected, labels: labels, of: nodes, over: block)
  }

  /// Probabilities plus the spread of their errors at known nodes; they need not stay in 0...1. [N, C] → [N, C]
  public func corrected(_ probabilities: Tensor, labels: Tensor, of nodes: [Int32], over block: Block) -> Tensor {
    Pass.evaluation {
      let width = probabilities.columns
      let known = labels - probabilities.gathering(rows: nodes)
      let errors = Tensor(
        FloatBuffer(count: probabilities.shape.count, zeroed: true), rows: probabilities.rows, columns: width)
      put(known, at: nodes, into: errors)
      switch scaling {
      case .fixed(let scale):
        let spread = spread(errors, correctionAlpha, over: block) { put(known, at: nodes, into: $0) }
        return .blending(1, probabilities, scale, spread)
      case .automatic:
        let spread = spread(errors, correctionAlpha, over: block) { clamp($0, -1...1) }
        let mean = known.values.reduce(0) { $0 + Double(abs($1)) } / Double(max(1, nodes.count))
        let numbers = spread.values
        let scales = (0..<spread.rows).map { row -> Float in
          let size = numbers[row * width..<(row + 1) * width].reduce(0) { $0 + abs($1) }
          let scale = Float(mean) / size
          return scale.isFinite && scale <= 1000 ? scale : 1
        }
        return probabilities + spread.scalingRows(by: Tensor(scales, rows: spread.rows, columns: 1))
      }
    }
  }

  /// The spread of probabilities with labels in the places of known nodes. [N, C] → [N, C]
  public func smoothed(_ probabilities: Tensor, labels: Tensor, of nodes: [Int32], over block: Block) -> Tensor {
    Pass.evaluation {
      let start = 1 * probabilities
      put(labels, at: nodes, into: start)
      return spread(start, smoothingAlpha, over: block) { clamp($0, 0...1) }
    }
  }

  private func spread(_ start: Tensor, _ alpha: Float, over block: Block, _ after: (Tensor) -> Void) -> Tensor {
    let normalized = block.normalized(loops: .own)
    var y = start
    for _ in 0..<steps {
      y = .blending(
        alpha, y.aggregated(over: normalized.aggregation, weights: normalized.weights), 1 - alpha, start)
      after(y)
    }
    return y
  }

  private func put(_ rows: Tensor, at nodes: [Int32], into x: Tensor) {
    let width = x.columns
    for (row, node) in nodes.enumerated() {
      for column in 0..<width { x.buffer[Int(node) * width + column] = rows[row, column] }
    }
  }

  private func clamp(_ x: Tensor, _ range: ClosedRange<Float>) {
    x.buffer.write { for i in 0..<$0.count { $0[i] = min(max($0[i], range.lowerBound), range.upperBound) } }
  }
}

import GroveKernels
import Testing

/// Buffers of the wrong size never reach a kernel.
@Suite("Kernel checks")
struct KernelChecksTests {
  static let mistakes = [
    "aggregate out", "aggregate weights", "aggregate head weights", "aggregate heads", "maximum out", "sampled scores",
    "sampled y", "softmax scores", "attention scores", "attention out", "attention rate", "sum out", "row vector out",
    "scale columns", "scale rows", "row dot", "dropout ids", "sparse dropout ids", "sparse dropout values", "gather",
    "layer norm scale", "normalize lengths", "softmax out", "apply", "apply backward", "add", "multiply", "adam",
    "plane forces",
  ]

  /// Four floats of width 2 are two rows; the index has two rows and three entries.
  private static func make(_ mistake: String) {
    func buffer(_ count: Int) -> FloatBuffer { FloatBuffer(count: count, zeroed: true) }
    let index = EdgeIndex(offsets: [0, 1, 3], columns: [0, 1, 0])
    let random = RandomStream(seed: 1)
    let x = buffer(4)
    func state(_ rate: Float) -> AttentionState {
      AttentionState(targetCount: 2, heads: 1, slope: 0.2, rate: rate, random: random)
    }
    switch mistake {
    case "plane forces":
      Kernels.planeForces(attraction: x, x: buffer(2), y: buffer(2), into: buffer(9))
    case "aggregate out": Kernels.aggregate(index, weights: nil, x: x, width: 2, into: buffer(6), adding: false)
    case "aggregate weights": Kernels.aggregate(index, weights: [1, 2], x: x, width: 2, into: buffer(4), adding: false)
    case "aggregate head weights":
      Kernels.aggregate(index, weights: buffer(3), heads: 2, x: x, width: 2, into: buffer(4), adding: false)
    case "aggregate heads":
      Kernels.aggregate(index, weights: buffer(9), heads: 3, x: x, width: 2, into: buffer(4), adding: false)
    case "maximum out": _ = Kernels.aggregateMaximum(index, x: x, width: 2, into: buffer(3))
    case "sampled scores": Kernels.sampledProduct(index, x: x, y: x, width: 2, heads: 1, into: buffer(2))
    case "sampled y": Kernels.sampledProduct(index, x: x, y: buffer(2), width: 2, heads: 1, into: buffer(3))
    case "softmax scores": Kernels.segmentSoftmax(offsets: [0, 3], scores: buffer(2), heads: 1, into: buffer(2))
    case "attention scores":
      Kernels.attention(
        index, state(0), sourceScores: buffer(2), targetScores: buffer(1), x: x, width: 2, into: buffer(4))
    case "attention out":
      Kernels.attention(
        index, state(0), sourceScores: buffer(2), targetScores: buffer(2), x: x, width: 2, into: buffer(2))
    case "attention rate": _ = state(1)
    case "sum out": Kernels.sumRows(x, width: 2, into: buffer(3))
    case "row vector out": Kernels.addRowVector(x, buffer(2), width: 2, into: buffer(2))
    case "scale columns": Kernels.scaleColumns(x, by: buffer(2), width: 2, into: buffer(2), adding: false)
    case "scale rows": Kernels.scaleRows(x, by: buffer(2), width: 2, into: buffer(2), adding: false)
    case "row dot": Kernels.rowDot(x, buffer(6), width: 2, heads: 1, into: buffer(2))
    case "dropout ids":
      Kernels.dropout(x, ids: [1], width: 2, rate: 0.5, random: random, into: buffer(4), adding: false)
    case "sparse dropout ids": Kernels.dropout(index, values: nil, ids: [1], rate: 0.5, random: random, into: buffer(3))
    case "sparse dropout values":
      Kernels.dropout(index, values: buffer(2), ids: nil, rate: 0.5, random: random, into: buffer(3))
    case "gather": Kernels.gather(x, ids: [0], width: 2, into: buffer(4))
    case "layer norm scale": Kernels.layerNorm(x, width: 2, epsilon: 1, into: buffer(4), scale: buffer(1))
    case "normalize lengths": Kernels.normalizeRows(x, width: 2, epsilon: 1, into: buffer(4), lengths: buffer(1))
    case "softmax out": Kernels.softmax(x, width: 2, logarithm: false, into: buffer(2))
    case "apply": Kernels.apply(.relu, to: x, into: buffer(2))
    case "apply backward": Kernels.applyBackward(.relu, kept: x, gradient: buffer(2), into: buffer(4), adding: true)
    case "add": Kernels.add(x, buffer(2), into: buffer(4))
    case "multiply": Kernels.multiply(x, x, into: buffer(2), adding: true)
    case "adam":
      Kernels.adamStep(
        value: x, gradient: x, first: buffer(4), second: buffer(2), step: 1, learningRate: 1, beta1: 0.9, beta2: 0.9,
        epsilon: 1, l2: 0, decoupledDecay: 0)
    default: return
    }
  }

  @Test("A buffer of the wrong size traps before anything is written", arguments: mistakes)
  func mistakesTrap(mistake: String) async {
    await #expect(processExitsWith: .failure) { [mistake] in KernelChecksTests.make(mistake) }
  }
}

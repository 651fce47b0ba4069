import GroveKernels
import GroveLayers
import GroveLearning
import GroveTensors
import TestSupport
import Testing

/// Optimisers against PyTorch, step by step.
@Suite("Golden optimisers", .enabled(if: GoldenFolder.isPresent, "no golden vectors; set GROVE_GOLDEN"))
struct GoldenOptimizerTests {
  static let tolerance = 1e-4

  private final class Single: Module {
    let weight: Parameter
    init(_ weight: Parameter) { self.weight = weight }
  }

  @Test("The folder holds cases")
  func folderHoldsCases() {
    #expect(!GoldenFolder.caseNames.isEmpty, "\(GoldenFolder.path ?? "") holds no case")
  }

  @Test("Every optimiser takes the steps of PyTorch; no case is unknown", arguments: GoldenFolder.caseNames)
  func caseAgrees(name: String) throws {
    try #require(GoldenFolder.known.contains(name), "golden case \(name) is known to no suite")
    guard GoldenFolder.optimizers.contains(name) else { return }
    let golden = try GoldenFolder.load(name)
    #expect(golden.kind == "optimiser")
    let start = try golden.array("start")
    let parameter = Parameter(Tensor(start.floats, rows: start.shape[0], columns: start.shape[1]))
    let parameters = Single(parameter).parameters()
    let (optimizer, rate): (any Optimizer, Float) =
      switch name {
      case "sgd-momentum":
        (OptimizerKind.sgd.make(for: parameters, decay: 0.01, secondDecay: 0, momentum: 0.9), 0.1)
      case "adam-l2": (OptimizerKind.adam.make(for: parameters, decay: 0.05, secondDecay: 0, momentum: 0), 0.01)
      default: (OptimizerKind.adamw.make(for: parameters, decay: 0.05, secondDecay: 0, momentum: 0), 0.01)
      }
    let (gradients, after) = (try golden.list("gradients"), try golden.list("after"))
    try #require(gradients.count == after.count && !after.isEmpty)
    var before = start.values
    for (step, (gradient, wanted)) in zip(gradients, after).enumerated() {
      // The gradient of Σ G · p is G.
      let seed = Tensor(gradient.floats, rows: start.shape[0], columns: start.shape[1])
      optimizer.step((1 * parameter.value).backward(from: seed), learningRate: rate)
      #expect(difference(parameter.value.values, wanted.values) <= Self.tolerance, "step \(step + 1)")
      // And what the step moved, which is small beside the numbers themselves.
      let moved = zip(parameter.value.values, before).map { Double($0) - $1 }
      let wantedMove = zip(wanted.values, before).map { $0 - $1 }
      #expect(difference(moved.map { Float($0) }, wantedMove) <= Self.tolerance, "move of step \(step + 1)")
      before = wanted.values
    }
  }
}

import GroveGraphs
import GroveLayers
import GroveLearning
import GroveStore
import GroveTensors
import TestSupport
import Testing

/// The program of the README: a layer and a training loop of one's own.
private final class MeanLayer: GraphConvolution {
  let linear: Linear
  init(_ input: Int, _ output: Int, _ start: Initializer) { linear = Linear(input, output, from: start) }
  func callAsFunction(_ x: Tensor, target: Tensor?, over block: Block, edges: Tensor?) -> Tensor {
    linear(x).aggregatedMean(over: block.looped)
  }
}

@Suite struct OwnLayerTests {
  @Test(
    "a layer and a loop written outside of the library learn Cora", .enabled(if: SharedData.isPresent, "no shared data")
  )
  func ownLayer() throws {
    let source = try StoreOpener.open(SharedData.graph("cora"))
    var options = TrainingConfiguration()
    let data = try NodeData(source, &options)
    let split = try source.split(named: "public")
    let start = Initializer(seed: 0)
    let x = try data.inputs(from: start).features(of: nil)
    let net = ConvolutionStack(
      convolutions: [MeanLayer(x.columns, 64, start), MeanLayer(64, data.classCount, start)], dropout: 0.5)
    let adam = OptimizerKind.adam.make(for: net.parameters(), decay: 5e-4)
    for epoch in 1...200 {
      Pass.training(seed: 0, step: epoch) {
        let logits = net(x, on: data.graph).logits.gathering(rows: split.train)
        adam.step(logits.crossEntropy(data.labels.classes(of: split.train)).backward(), learningRate: 0.01)
      }
    }
    let logits = Pass.evaluation { net(x, on: data.graph).logits.gathering(rows: split.test) }
    let accuracy = NodeEvaluation(logits: logits.values, of: split.test, labels: data.labels).values[.accuracy]
    #expect(try #require(accuracy) > 0.75)
  }
}

import Foundation
import GroveGraphs
import GroveKernels
@testable import GroveLayers
import GroveTensors
import TestSupport
import Testing

/// Layers and models for graphs whose neighbors differ, against numbers worked out elsewhere.
@Suite("Heterophily")
struct HeterophilyTests {
  private let start = Initializer(RandomStream(seed: 1))
  private let rows = Tensor([[1, 2], [3, -1], [0.5, 0], [-2, 1], [4, 4]])
  /// 0 – 1 – 2 – 3 and an isolated node 4, edges both ways.
  private static let path = TestGraphs.graph([0, 1, 1, 2, 2, 3], [1, 0, 2, 1, 3, 2], nodeCount: 5)

  private func set(_ parameter: Parameter, _ values: [Float]) {
    parameter.value.buffer.copy(from: FloatBuffer(values))
  }

  @Test("Signed attention gives the numbers of PyTorch Geometric without loops")
  func signedAttention() {
    let layer = FAConvolution(2, from: start)
    set(layer.sourceGate, [0.5, -0.25])
    set(layer.targetGate, [0.1, 0.3])
    let result = layer(rows, over: TestGraphs.five.block)
    #expect(
      difference(
        result.values, [2.274_906_4, -0.696_653_5, 0, 0, 2.033_458, -0.619_534_6, 0.118_926_7, 0, 0, 0]) < 1e-6)
  }

  @Test("A neighbor whose gate is negative is taken away")
  func sign() {
    let layer = FAConvolution(1, from: start)
    set(layer.sourceGate, [1])
    set(layer.targetGate, [0])
    let graph = TestGraphs.graph([0, 1], [1, 0], nodeCount: 2)
    let result = layer(Tensor([[-1], [2]]), over: graph.block)
    // tanh(2) · 2 and tanh(−1) · (−1)
    #expect(difference(result.values, [Float(2 * tanh(2.0)), Float(tanh(1.0))]) < 1e-6)
  }

  @Test("Two hops are those at a distance of exactly two, without loops and repeats")
  func hops() {
    // 0 ← 1, 0 ← 2, 1 ← 2, 1 ← 3, 2 ← 3, 2 ← 2 (a loop), 3 ← 0, and 0 ← 1 again; node 4 is isolated.
    let graph = TestGraphs.graph([1, 2, 2, 3, 3, 2, 0, 1], [0, 0, 1, 1, 2, 2, 3, 0], nodeCount: 5)
    let hops = exactHops(of: graph.block).map { hop in
      (0..<5).map { node in
        hop.incoming.columns[Int(hop.incoming.offsets[node])..<Int(hop.incoming.offsets[node + 1])].sorted()
      }
    }
    #expect(hops[0] == [[1, 2], [2, 3], [3], [0], []])
    // From 0: over 1 to 2 (one hop already) and 3; from 1: over 3 to 0; from 2: over 3 to 0; from 3: over 0 to 1, 2.
    #expect(hops[1] == [[3], [0], [0], [1, 2], []])
  }

  @Test("Exact hops agree with a search in breadth", arguments: [1, 2, 3])
  func hopsOfRandomGraphs(seed: Int) {
    let graph = TestGraphs.random(nodeCount: 25, edgeCount: 50, seed: seed)
    let hops = exactHops(of: graph.block)
    for node in 0..<25 {
      var distance = [Int: Int](uniqueKeysWithValues: [(node, 0)])
      for step in 1...2 {
        for (reached, at) in distance where at == step - 1 {
          for source in graph.incoming[reached] where distance[Int(source)] == nil { distance[Int(source)] = step }
        }
      }
      for step in 1...2 {
        let index = hops[step - 1].incoming
        let found = index.columns[Int(index.offsets[node])..<Int(index.offsets[node + 1])]
        #expect(found.count == Set(found).count)
        #expect(Set(found.map { Int($0) }) == Set(distance.filter { $0.value == step }.keys))
      }
    }
  }

  @Test("A round of H2GCN, worked by hand")
  func h2gcn() {
    let model = H2GCN(1, hidden: 1, 1, rounds: 1, dropout: 0, from: start)
    set(model.input.weight, [1])
    let result = Pass.evaluation { model(Tensor([[1], [2], [4], [8], [16]]), on: Self.path).embedding }
    let half = Float(0.5).squareRoot()
    // One hop: degrees 1, 2, 2, 1. Two hops: 0 – 2 and 1 – 3, all of degree 1.
    let expected: [Float] = [
      1, 2 * half, 4, 2, 1 * half + 4 * 0.5, 8, 4, 2 * 0.5 + 8 * half, 1, 8, 4 * half, 2, 16, 0, 0,
    ]
    #expect(difference(result.values, expected) < 1e-6)
    #expect(model.output.weight.shape == Shape(3, 1) && model.parameterCount == 1 + 3 + 1)
  }

  @Test("GPR-GNN starts as personalised PageRank and sums its steps by γ")
  func gprgnn() {
    let model = GPRGNN(widths: [2, 2], steps: 2, teleport: 0.1, dropout: 0, from: start)
    #expect(difference(model.shares.value.values, [0.1, 0.09, 0.81]) < 1e-6)
    #expect(model.shares.decayGroup == .none)
    set(model.network.layers[0].weight, [1, 0, 0, 1])
    model.network.layers[0].bias.map { set($0, [0, 0]) }
    set(model.shares, [2, -1, 0.5])
    let x = Matrix(rows.values, rows: 5, columns: 2)
    func step(_ x: Matrix) -> Matrix {
      let degree: [Double] = [2, 3, 3, 2, 1]
      var out = Matrix(rows: 5, columns: 2)
      for (a, b) in [(0, 0), (1, 1), (2, 2), (3, 3), (4, 4), (0, 1), (1, 0), (1, 2), (2, 1), (2, 3), (3, 2)] {
        for k in 0..<2 { out[a, k] += x[b, k] / (degree[a] * degree[b]).squareRoot() }
      }
      return out
    }
    let (one, two) = (step(x), step(step(x)))
    let expected = (0..<10).map { 2 * x.values[$0] - one.values[$0] + 0.5 * two.values[$0] }
    let result = Pass.evaluation { model(rows, on: Self.path).logits }
    #expect(difference(result.values, expected) < 1e-5)
  }

  @Test("The three channels of ACM, worked by hand")
  func acm() {
    let layer = ACMConvolution(1, 1, from: start)
    for weight in [layer.lowWeight, layer.highWeight, layer.ownWeight] { set(weight, [1]) }
    for gate in [layer.lowGate, layer.highGate, layer.ownGate] { set(gate, [0]) }
    // All gates are σ(0) = 1/2, so M's column sums over 6 go through the softmax.
    set(layer.mixing, [6 * Float(log(2.0)), 0, 0, 0, 0, 0, 0, 0, 0])
    let graph = TestGraphs.graph([0, 1], [1, 0], nodeCount: 3)
    let result = layer(Tensor([[1], [5], [4]]), over: graph.block)
    // Shares 1/2, 1/4, 1/4. Means 3, 3, 4; differences −2 → 0, 2, 0.
    #expect(difference(result.values, [1.5 + 0 + 0.25, 1.5 + 0.5 + 1.25, 2 + 0 + 1]) < 1e-5)
  }

  @Test("Walk encodings are those of PyTorch Geometric, however many walks go at once", arguments: [1, 2, 64])
  func walks(width: Int) {
    let result = randomWalkEncoding(of: TestGraphs.five.block, steps: 4, width: width)
    let expected: [Float] = [
      0, 0.416_666_7, 0.138_888_9, 0.219_907_4, 0, 0.25, 0.083_333_3, 0.131_944_4, 0.333_333_3, 0.277_777_8,
      0.231_481_5, 0.192_901_2, 0, 0, 0, 0, 0, 0, 0, 0,
    ]
    #expect(difference(result.values, expected) < 1e-6)
  }

  @Test("Walk encodings of a weighted graph are the diagonal of the matrix's powers")
  func weightedWalks() {
    let graph = TestGraphs.random(nodeCount: 12, edgeCount: 40, seed: 3, weighted: true)
    var walk = Matrix(rows: 12, columns: 12)
    for target in 0..<12 {
      for entry in graph.incoming.range(of: target) {
        walk[Int(graph.incoming.columns[entry]), target] += Double(graph.weights?[entry] ?? 1)
      }
    }
    for row in 0..<12 {
      let sum = (0..<12).reduce(0.0) { $0 + walk[row, $1] }
      if sum > 0 { for column in 0..<12 { walk[row, column] /= sum } }
    }
    var power = walk
    let result = randomWalkEncoding(of: graph.block, steps: 5)
    for step in 0..<5 {
      for node in 0..<12 { #expect(abs(Double(result[node, step]) - power[node, node]) < 1e-5) }
      power = power.times(walk)
    }
  }

  @Test("Correct and Smooth gives the numbers of PyTorch Geometric")
  func correctAndSmooth() {
    let soft = Tensor([[0.8, 0.2], [0.4, 0.6], [0.5, 0.5], [0.1, 0.9], [0.3, 0.7]])
    let labels = Tensor([[0, 1], [0, 1]])
    let cases: [(CorrectAndSmooth.Scaling, corrected: [Float], smoothed: [Float])] = [
      (
        .automatic, [0.35, 0.65, -0.05, 1.05, 0.05, 0.95, -0.35, 1.35, 0.3, 0.7],
        [0, 0.824_264, 0, 1, 0.029, 1, 0.002_121_3, 0.824_264, 0.12, 0.28]
      ),
      (
        .fixed(1.5),
        [-0.4, 1.4, -0.421_375_2, 1.421_375_3, 0.130_041_7, 0.869_958_3, -0.05, 1.05, 0.3, 0.7],
        [0, 0.824_264, 0, 1, 0.075_424_2, 0.974_281_4, 0, 0.824_264, 0.12, 0.28]
      ),
    ]
    for (scaling, corrected, smoothed) in cases {
      // PyTorch Geometric's steps: 3 of correction, 2 of smoothing.
      let correct = CorrectAndSmooth(correctionAlpha: 0.8, smoothingAlpha: 0.6, steps: 3, scaling: scaling)
      let smooth = CorrectAndSmooth(correctionAlpha: 0.8, smoothingAlpha: 0.6, steps: 2, scaling: scaling)
      let block = Self.path.block
      let first = correct.corrected(soft, labels: labels, of: [0, 3], over: block)
      #expect(difference(first.values, corrected) < 1e-6)
      #expect(difference(smooth.smoothed(first, labels: labels, of: [0, 3], over: block).values, smoothed) < 1e-6)
    }
    #expect(soft.values[0] == 0.8, "the given probabilities stay as they are")
  }

  @Test("A transformer layer of one head attends as softmax over the edges says")
  func transformer() {
    let layer = GraphTransformerConvolution(1, heads: 1, norm: .none, from: start)
    for linear in [layer.query, layer.key, layer.value, layer.merge] { set(linear.weight, [1]) }
    layer.merge.bias.map { set($0, [0]) }
    set(layer.contract.weight, [0, 0])
    layer.contract.bias.map { set($0, [0.5]) }
    let graph = TestGraphs.graph([0], [1], nodeCount: 2)
    let x = Tensor([[2], [Float(log(3.0))]])
    let result = layer(x, over: graph.block)
    // Into 1: scores 2 · ln 3 from 0 and (ln 3)² from itself.
    let (far, near) = (exp(2 * log(3.0)), exp(log(3.0) * log(3.0)))
    let mixed = (far * 2 + near * log(3.0)) / (far + near)
    #expect(difference(result.values, [2 + 2 + 0.5, Float(log(3.0) + mixed + 0.5)]) < 1e-5)
  }

  @Test("GPS adds what edges and what all nodes tell")
  func gps() {
    let layer = GPSConvolution(1, heads: 1, norm: .none, from: start)
    for linear in [layer.local.neighbor, layer.local.own, layer.query, layer.key, layer.value, layer.merge] {
      set(linear.weight, [1])
      linear.bias.map { set($0, [0]) }
    }
    set(layer.query.weight, [0])
    set(layer.contract.weight, [0, 0])
    layer.contract.bias.map { set($0, [0.25]) }
    let graph = TestGraphs.graph([0], [1], nodeCount: 3)
    let result = layer(Tensor([[3], [1], [5]]), over: graph.block)
    // Queries are 0, so attention is the mean 3. Local: x + own + mean of neighbors.
    #expect(difference(result.values, [6 + 6 + 0.25, 5 + 4 + 0.25, 10 + 8 + 0.25]) < 1e-5)
  }

  private func models() -> [any NodeModel] {
    let start = start
    return [
      H2GCN(6, hidden: 4, 3, rounds: 2, dropout: 0.5, from: start),
      FAGCN(6, hidden: 4, 3, layers: 3, epsilon: 0.3, dropout: 0.5, from: start),
      GPRGNN(widths: [6, 8, 3], steps: 4, teleport: 0.1, dropout: 0.5, from: start),
      GraphTransformer(
        6, hidden: 4, 3, walkLength: 4,
        layers: [GraphTransformerConvolution(4, heads: 2, dropout: 0.5, attentionDropout: 0.5, from: start)],
        dropout: 0.5, from: start),
      GraphTransformer(
        6, hidden: 4, 3, walkLength: 4,
        layers: [GPSConvolution(4, heads: 2, dropout: 0.5, attentionDropout: 0.5, from: start)], dropout: 0.5,
        from: start),
    ]
  }

  @Test("Every parameter of every model gets a gradient, and evaluation repeats its bits")
  func everyParameter() {
    let graph = TestGraphs.random(nodeCount: 30, edgeCount: 90, seed: 2)
    let x = TestInput(rows: 30, columns: 6, seed: 3).tensor(requiresGradient: false)
    for model in models() {
      let gradients = Pass.training(seed: 1, step: 1) {
        model(x, on: graph).logits.crossEntropy((0..<30).map { Int32($0 % 3) }).backward()
      }
      for parameter in model.parameters() {
        #expect(
          gradients[parameter.value]?.values.allSatisfy(\.isFinite) == true, "\(type(of: model)) \(parameter.name)")
      }
      let twice = (0..<2).map { _ in Pass.evaluation { model(x, on: graph).logits.values } }
      #expect(sameBits(twice[0], twice[1]))
    }
  }

  @Test("Renaming the nodes renames the rows of every model")
  func renaming() {
    let graph = TestGraphs.random(nodeCount: 20, edgeCount: 60, seed: 5, repeats: false)
    let x = TestInput(rows: 20, columns: 6, seed: 3).tensor(requiresGradient: false)
    var random = TestRandom(7)
    let newName = Array(0..<20).shuffled(using: &random)
    let oldName = (0..<20).map { name in newName.firstIndex(of: name)! }
    let targets = (0..<20).flatMap { [Int](repeating: $0, count: graph.incoming[$0].count) }
    let renamed = TestGraphs.graph(
      graph.incoming.columns.map { newName[Int($0)] }, targets.map { newName[$0] }, nodeCount: 20)
    for model in models() {
      let plain = Pass.evaluation { model(x, on: graph).logits }
      let other = Pass.evaluation { model(x.gathering(rows: oldName.map(Int32.init)), on: renamed).logits }
      #expect(
        difference(other.gathering(rows: newName.map(Int32.init)).values, plain.values) < 1e-4, "\(type(of: model))")
    }
  }
}

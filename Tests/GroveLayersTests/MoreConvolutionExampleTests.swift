import Foundation
import GroveGraphs
import GroveKernels
import GroveLayers
import GroveTensors
import TestSupport
import Testing

/// More convolutions on the five nodes of `ConvolutionExampleTests`.
///
/// Edges 0 → 1, 1 → 0, 2 → 0, 0 → 2, 1 → 2, 2 → 2, 2 → 3; node 4 is isolated. Node i carries the number i + 1.
@Suite("More worked examples")
struct MoreConvolutionExampleTests {
  private let block = TestGraphs.five.block
  private let x = Tensor([[1], [2], [3], [4], [5]])
  private let start = Initializer(RandomStream(seed: 1))

  /// D^-1/2 A D^-1/2 with the loop of node 2 (in-degrees 2, 1, 3, 1, 0), or without it (2, 1, 2, 1, 0).
  private static func normalized(loop: Bool) -> Matrix {
    var a = Matrix(rows: 5, columns: 5)
    let degrees = [2.0, 1, loop ? 3 : 2, 1, 0]
    for (target, sources) in [[1, 2], [0], loop ? [0, 1, 2] : [0, 1], [2], []].enumerated() {
      for source in sources { a[target, source] = 1 / (degrees[target] * degrees[source]).squareRoot() }
    }
    return a
  }

  private func set(_ parameter: Parameter?, _ values: [Float]) {
    parameter?.value.buffer.copy(from: FloatBuffer(values))
  }

  private func expect(_ result: Tensor, _ wanted: [Double], sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(difference(result.values, wanted) <= 1e-6, "\(result.values)", sourceLocation: sourceLocation)
  }

  @Test("Degrees and normalisation with each choice of loops")
  func loops() {
    let graph = TestGraphs.graph([0, 1, 1, 2], [1, 1, 0, 0], nodeCount: 4, weights: [2, 4, 0.5, 1.5])
    #expect(graph.degrees(loops: .one) == [3, 6, 1, 1])
    #expect(graph.degrees(loops: .own) == [2, 6, 0, 0])
    #expect(graph.degrees(loops: .none) == [2, 2, 0, 0])
    #expect(graph.normalizingScale(loops: .none) == [0.5, 0.5, 0, 0].map { $0 * Float(2).squareRoot() })
    let own = graph.block.normalized(loops: .own)
    // Into 0: from 1 and 2; into 1: from 0 and itself.
    let root = Float(12).squareRoot()
    #expect(difference(own.weights.values, [0.5 / root, 0, 2 / root, 4.0 / 6].map(Double.init)) <= 1e-6)
    let none = graph.block.normalized(loops: .none)
    #expect(difference(none.weights.values, [0.25, 0, 1]) <= 1e-6)
    #expect(none.aggregation.edgeCount == 3 && own.aggregation.edgeCount == 4)
    #expect(graph.block.normalized(loops: .one).weights === graph.block.normalized.weights)
  }

  @Test("GIN: sums, then two dense layers", arguments: [1, 2])
  func gin(hidden: Int) {
    let layer = GINConvolution(1, 1, hidden: hidden, from: start)
    set(layer.epsilon, [0.5])
    set(layer.first.weight, [2, -1].prefix(hidden).map { $0 })
    set(layer.first.bias, [1, 5].prefix(hidden).map { $0 })
    set(layer.second.weight, [3, 10].prefix(hidden).map { $0 })
    set(layer.second.bias, [0.25])
    // 1.5 x + the neighbors' sum.
    let sums: [Double] = [6.5, 4, 10.5, 9, 7.5]
    let wanted = sums.map { sum in
      let second = hidden == 2 ? 10 * max(0, 5 - sum) : 0
      return 3 * (2 * sum + 1) + second + 0.25
    }
    expect(layer(x, over: block), wanted)
  }

  @Test("A frozen ε is no parameter to train")
  func frozenEpsilon() {
    let layer = GINConvolution(2, 3, learnsEpsilon: false, from: start)
    #expect(layer.parameterCount == 2 * 3 + 3 + 3 * 3 + 3)
    #expect(GINConvolution(2, 3, from: start).parameterCount == layer.parameterCount + 1)
  }

  @Test("GraphConv: weighted sums")
  func morris() {
    let graph = TestGraphs.graph([0, 1, 1], [1, 1, 0], nodeCount: 3, weights: [2, 4, 0.5])
    let layer = MorrisConvolution(1, 1, from: start)
    set(layer.neighbor.weight, [10])
    set(layer.neighbor.bias, [1])
    set(layer.own.weight, [-1])
    expect(layer(Tensor([[1], [2], [3]]), over: graph.block), [10 * 1 + 1 - 1, 10 * (2 + 8) + 1 - 2, 1 - 3])
  }

  @Test("TAG at either of the two widths")
  func tag() {
    let a = Self.normalized(loop: true)
    let once = a.times(Matrix(x.values, rows: 5, columns: 1))
    let twice = a.times(once)
    for (output, factor): (Int, [Float]) in [(1, [1]), (2, [1, -3])] {
      let layer = TAGConvolution(1, output, propagations: 2, from: start)
      for (hop, weight) in zip(layer.hops, [2, 10, 100] as [Float]) { set(hop.weight, factor.map { weight * $0 }) }
      set(layer.bias, [Float](repeating: 0.5, count: output))
      let wanted = (0..<5).map { 2 * Double($0 + 1) + 10 * once[$0, 0] + 100 * twice[$0, 0] }
      expect(layer(x, over: block), wanted.flatMap { sum in factor.map { Double($0) * sum + 0.5 } })
    }
    // By Horner, since two columns become one.
    let narrowing = TAGConvolution(2, 1, propagations: 2, from: start)
    for (hop, weight) in zip(narrowing.hops, [2, 10, 100] as [Float]) { set(hop.weight, [weight, 0]) }
    set(narrowing.bias, [0])
    expect(
      narrowing(Tensor(x.values.flatMap { [$0, 7] }, rows: 5, columns: 2), over: block),
      (0..<5).map { 2 * Double($0 + 1) + 10 * once[$0, 0] + 100 * twice[$0, 0] })
  }

  @Test("Chebyshev polynomials up to the third degree, by recurrence and by Clenshaw", arguments: [1, 2, 3, 4])
  func cheb(order: Int) {
    let l = Self.normalized(loop: false).mapped { -$2 }
    let zero = Matrix(x.values, rows: 5, columns: 1)
    let one = l.times(zero)
    let two = l.times(one).mapped { 2 * $2 - zero[$0, $1] }
    let three = l.times(two).mapped { 2 * $2 - one[$0, $1] }
    let weights: [Float] = [2, 10, 100, 1000]
    let wanted = (0..<5).map { node in
      zip([zero, one, two, three], weights).prefix(order).reduce(0.5) { $0 + Double($1.1) * $1.0[node, 0] }
    }
    let layer = ChebConvolution(1, 1, order: order, from: start)
    for (polynomial, weight) in zip(layer.polynomials, weights) { set(polynomial.weight, [weight]) }
    set(layer.bias, [0.5])
    expect(layer(x, over: block), wanted)
    let narrowing = ChebConvolution(2, 1, order: order, from: start)
    for (polynomial, weight) in zip(narrowing.polynomials, weights) { set(polynomial.weight, [weight, 0]) }
    set(narrowing.bias, [0.5])
    expect(narrowing(Tensor(x.values.flatMap { [$0, 7] }, rows: 5, columns: 2), over: block), wanted)
  }

  @Test("LightGCN: the mean over three hops")
  func lightGCN() {
    let a = Self.normalized(loop: false)
    let zero = Matrix(x.values, rows: 5, columns: 1)
    let (one, two) = (a.times(zero), a.times(a.times(zero)))
    expect(
      LightGCNPropagation(propagations: 2)(x, over: block), (0..<5).map { (zero[$0, 0] + one[$0, 0] + two[$0, 0]) / 3 })
    expect(LightGCNPropagation(propagations: 0)(x, over: block), zero.values)
  }

  @Test("Transformer convolution without gate: a softmax of products")
  func transformer() {
    let layer = TransformerConvolution(1, 1, isGated: false, from: start)
    for (linear, weight) in [(layer.query, Float(1)), (layer.key, 0.5), (layer.value, 10), (layer.own, 100)] {
      set(linear.weight, [weight])
      set(linear.bias, [0])
    }
    func mixed(_ node: Double, _ neighbors: [Double]) -> Double {
      let e = neighbors.map { exp(0.5 * node * $0) }
      return 100 * node + 10 * zip(e, neighbors).reduce(0) { $0 + $1.0 * $1.1 } / max(e.reduce(0, +), 1e-9)
    }
    expect(layer(x, over: block), [mixed(1, [2, 3]), mixed(2, [1]), mixed(3, [1, 2, 3]), mixed(4, [3]), 500])
  }

  @Test("Transformer convolution with a gate and edge features, which count in key and value")
  func transformerEdges() {
    let layer = TransformerConvolution(1, 1, edgeWidth: 1, from: start)
    for (linear, weight) in [(layer.query, Float(1)), (layer.key, 0.5), (layer.value, 10), (layer.own, 100)] {
      set(linear.weight, [weight])
      set(linear.bias, [0])
    }
    set(layer.edge?.weight, [0.25])
    set(layer.gate?.weight, [0.02, 0.001, -0.003])
    // Edges in order of their targets: 1 → 0, 2 → 0, 0 → 1, 0 → 2, 1 → 2, 2 → 2, 2 → 3.
    let edges = Tensor([[1], [3], [0.5], [2], [4], [9], [0]])
    func mixed(_ node: Double, _ terms: [(source: Double, edge: Double)]) -> Double {
      let e = terms.map { exp(node * (0.5 * $0.source + 0.25 * $0.edge)) }
      let sum = zip(e, terms).reduce(0) { $0 + $1.0 * (10 * $1.1.source + 0.25 * $1.1.edge) }
      let (message, own) = (terms.isEmpty ? 0 : sum / e.reduce(0, +), 100 * node)
      let beta = 1 / (1 + exp(-(0.02 * message + 0.001 * own - 0.003 * (message - own))))
      return beta * own + (1 - beta) * message
    }
    expect(
      layer(x, target: nil, over: block, edges: edges),
      [
        mixed(1, [(2, 1), (3, 3)]), mixed(2, [(1, 0.5)]), mixed(3, [(1, 2), (2, 4), (3, 9)]), mixed(4, [(3, 0)]),
        mixed(5, []),
      ])
  }

  @Test("Edge features of GATv2: a loop has the mean of the others")
  func gatv2Edges() {
    let layer = GATv2Convolution(1, 1, edgeWidth: 1, from: start)
    for linear in [layer.source, layer.target] {
      set(linear.weight, [1])
      set(linear.bias, [0])
    }
    set(layer.edge?.weight, [1])
    set(layer.attention, [1])
    set(layer.bias, [0])
    // Edges in order of their targets: 1 → 0, 2 → 0, 0 → 1, 0 → 2, 1 → 2, 2 → 2, 2 → 3.
    let edges = Tensor([[1], [3], [0.5], [2], [4], [9], [0]])
    func mixed(_ terms: [(source: Double, edge: Double)]) -> Double {
      let e = terms.map { exp($0.source + $0.edge) }
      return zip(e, terms).reduce(0) { $0 + $1.0 * $1.1.source } / e.reduce(0, +)
    }
    expect(
      layer(x, target: nil, over: block, edges: edges),
      [
        mixed([(2, 1), (3, 3), (1, 2)]), mixed([(1, 0.5), (2, 0.5)]), mixed([(1, 2), (2, 4), (3, 3)]),
        mixed([(3, 0), (4, 0)]), 5,
      ])
  }

  @Test("PNA: four summaries at three scales, by hand")
  func pna() {
    let layer = PNAConvolution(1, 1, averageLogDegree: 2, from: start)
    set(layer.source.weight, [2])
    set(layer.source.bias, [1])
    set(layer.target.weight, [10])
    set(layer.own.weight, [1000])
    set(layer.summaries.weight, (1...12).map { Float($0) })
    set(layer.summaries.bias, [0.5])
    set(layer.output.weight, [1])
    set(layer.output.bias, [0])
    let wanted = [[2.0, 3], [1], [1, 2, 3], [3], []].enumerated().map { node, neighbors in
      let own = Double(node + 1)
      let messages = neighbors.map { 2 * $0 + 1 + 10 * own }
      let count = Double(messages.count)
      let mean = messages.isEmpty ? 0 : messages.reduce(0, +) / count
      let variance = messages.isEmpty ? 0 : messages.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
      let four = [mean, messages.min() ?? 0, messages.max() ?? 0, variance.squareRoot()]
      let scales = [1, log(count + 1) / 2, 2 / log(max(count, 1) + 1)]
      let twelve = scales.flatMap { scale in four.map { scale * $0 } }
      return 1000 * own + twelve.enumerated().reduce(0.5) { $0 + Double($1.offset + 1) * $1.element }
    }
    expect(layer(x, over: block), wanted)
    #expect(abs(TestGraphs.five.averageLogDegree - Float((log(3.0) + log(2) + log(4) + log(2)) / 5)) < 1e-6)
  }
}

import GroveGraphs
import GroveKernels
import GroveLayers
import GroveTensors
import TestSupport
import Testing

/// Layers over several types against PyTorch Geometric, number by number.
@Suite(.enabled(if: GoldenFolder.isPresent, "no golden vectors; set GROVE_GOLDEN"))
struct GoldenHeteroTests {
  /// In the order in which the cases list them.
  static let types = ["paper", "author"].map(NodeType.init)
  static let relations = [
    EdgeType(types[0], "cites", types[0]), EdgeType(types[1], "writes", types[0]),
    EdgeType(types[0], "written_by", types[1]),
  ]

  private struct Own {
    let parameter: Parameter
    let ours: (GoldenCase.Array) -> [Double]
  }

  private let start = Initializer(RandomStream(seed: 3))

  private func key(_ relation: EdgeType) -> String { "\(relation.source)__\(relation.relation)__\(relation.target)" }

  private func graph(_ golden: GoldenCase) throws -> HeteroGraph {
    let (counts, edges) = (try golden.arrays("nodeCounts"), try golden.arrays("edges"))
    let sizes = try Self.types.map { Int(try #require(counts[$0.name]).values[0]) }
    return HeteroGraph(
      types: Self.types, nodeCounts: sizes, relations: Self.relations,
      adjacencies: try Self.relations.map { relation in
        let list = try #require(edges[key(relation)])
        let count = list.shape[1]
        let place = { (type: NodeType) in Self.types.firstIndex(of: type)! }
        let (rows, _) = SparseRows.grouping(
          rows: list.values[count...].map { Int32($0) }, columns: list.values[..<count].map { Int32($0) },
          rowCount: sizes[place(relation.target)], columnCount: sizes[place(relation.source)])
        return relation.source == relation.target
          ? .within(Graph(incoming: rows)) : .between(BipartiteGraph(incoming: rows))
      })
  }

  private func transposed(_ parameter: Parameter) -> [Own] { [Own(parameter: parameter) { $0.transposed }] }
  private func same(_ parameter: Parameter?) -> [Own] { parameter.map { [Own(parameter: $0) { $0.values }] } ?? [] }

  private func han(_ schema: HeteroSchema) -> (any HeteroConvolution, [String: [Own]]) {
    let layer = HANConvolution([5, 5], 3, schema: schema, heads: 2, from: start)
    var parameters = [
      "q": same(layer.semantic.query), "k_lin.weight": transposed(layer.semantic.key.weight),
      "k_lin.bias": same(layer.semantic.key.bias),
    ]
    for (type, projection) in zip(Self.types, layer.projections) {
      parameters["proj.\(type).weight"] = transposed(projection.weight)
      parameters["proj.\(type).bias"] = same(projection.bias)
    }
    for (number, relation) in Self.relations.enumerated() {
      parameters["lin_src.\(key(relation))"] = same(layer.sourceAttention[number])
      parameters["lin_dst.\(key(relation))"] = same(layer.targetAttention[number])
    }
    return (layer, parameters)
  }

  private func hgt(_ schema: HeteroSchema) -> (any HeteroConvolution, [String: [Own]]) {
    let layer = HGTConvolution(5, 6, schema: schema, heads: 2, from: start)
    var parameters: [String: [Own]] = [:]
    for (number, type) in Self.types.enumerated() {
      for (name, linear) in [("kqv_lin", layer.inputs[number]), ("out_lin", layer.outputs[number])] {
        parameters["\(name).lins.\(type).weight"] = transposed(linear.weight)
        parameters["\(name).lins.\(type).bias"] = same(linear.bias)
      }
      // Of a layer whose widths differ nobody reads these.
      parameters["skip.\(type)"] = []
    }
    for (number, relation) in Self.relations.enumerated() {
      parameters["p_rel.\(key(relation))"] = same(layer.priorities[number])
    }
    // [heads · relations, D, D], relations of the first head first.
    for (name, transforms) in [("k_rel", layer.keys), ("v_rel", layer.messages)] {
      parameters["\(name).weight"] = (0..<2).flatMap { head in
        (0..<3).map { relation in
          Own(parameter: transforms[relation][head]) { published in
            let start = (head * 3 + relation) * 9
            return Array(published.values[start..<start + 9])
          }
        }
      }
    }
    return (layer, parameters)
  }

  @Test(arguments: GoldenFolder.heterogeneousLayers.sorted())
  func `every type agrees, forward and in all gradients`(name: String) throws {
    let golden = try GoldenFolder.load(name)
    #expect(golden.kind == "heterogeneous layer")
    let graph = try graph(golden)
    let (layer, owns) = name == "han" ? han(HeteroSchema(graph)) : hgt(HeteroSchema(graph))
    let parameters = try golden.arrays("parameters")
    #expect(Set(parameters.keys) == Set(owns.keys))
    #expect(layer.parameters().count == owns.values.reduce(0) { $0 + $1.count })
    for (name, published) in parameters {
      for own in owns[name] ?? [] {
        own.parameter.value.buffer.copy(from: FloatBuffer(own.ours(published).map(Float.init)))
      }
    }
    let inputs = try golden.arrays("x")
    let x = try Self.types.map { type in
      let rows = try #require(inputs[type.name])
      return Tensor(rows.floats, rows: rows.shape[0], columns: rows.shape[1], requiresGradient: true)
    }
    let output = Pass.training(seed: 1, step: 0) { layer(x, over: graph.block) }
    let (expected, seeds) = (try golden.arrays("output"), try golden.arrays("outputGradient"))
    #expect(Set(expected.keys) == Set(Self.types.map(\.name)))
    var total: Tensor?
    for (number, type) in Self.types.enumerated() {
      let wanted = try #require(expected[type.name])
      #expect([output[number].rows, output[number].columns] == wanted.shape)
      #expect(difference(output[number].values, wanted.values) <= GoldenTests.tolerance, "\(type)")
      let seed = try #require(seeds[type.name])
      let weighed = (output[number] * Tensor(seed.floats, rows: seed.shape[0], columns: seed.shape[1])).sum()
      total = total.map { $0 + weighed } ?? weighed
    }
    let gradients = try #require(total).backward()
    for (name, published) in try golden.arrays("gradients") {
      let pairs: [(Tensor, [Double])]
      if name.hasPrefix("x.") {
        let type = try #require(Self.types.firstIndex { "x.\($0)" == name })
        pairs = [(x[type], published.values)]
      } else {
        pairs = try #require(owns[name]).map { ($0.parameter.value, $0.ours(published)) }
      }
      let given = try pairs.flatMap { try #require(gradients[$0.0], "no gradient for \(name)").values }
      GoldenTests.expectGradient(given, pairs.flatMap(\.1), name)
    }
  }
}

public import GroveGraphs

extension TestGraphs {
  /// A block with all incoming edges of some nodes, built by hand.
  ///
  /// Sources stand in falling order of their id, so that neither targets nor sources are rows of the graph in order.
  public static func block(of seeds: [Int], in graph: Graph) -> Block {
    var nodes = Set(seeds)
    for seed in seeds { nodes.formUnion(graph.incoming[seed].map { Int($0) }) }
    let sources = nodes.sorted(by: >)
    let rowOfNode = Dictionary(uniqueKeysWithValues: sources.enumerated().map { ($1, Int32($0)) })
    var offsets: [Int64] = [0]
    var columns: [Int32] = []
    var edges: [Int64] = []
    for seed in seeds {
      for entry in graph.incoming.range(of: seed) {
        columns.append(rowOfNode[Int(graph.incoming.columns[entry])]!)
        edges.append(Int64(entry))
      }
      offsets.append(Int64(columns.count))
    }
    return Block(
      incoming: SparseRows(offsets: offsets, columns: columns, columnCount: sources.count),
      sourceIDs: sources.map(Int32.init), targetIDs: seeds.map(Int32.init), edgeIDs: edges,
      placement: .rows(seeds.map { rowOfNode[$0]! }), weights: graph.weights.map { all in edges.map { all[Int($0)] } },
      parent: graph)
  }
}

public import GroveKernels

/// What a layer sees of a graph with several types: a `Block` for each relation, over shared rows for each type.
///
/// All relations into a type have its target rows, all relations out of a type its source rows. Everything is listed by
/// the order of the types and relations.
///
/// Letters: S source rows and T target rows of a type, R relations.
public struct HeteroBlock: Sendable {
  /// The node types.
  public let types: [NodeType]
  /// The relations.
  public let relations: [EdgeType]
  /// The edges of each relation.
  public let blocks: [Block]
  /// The source rows of each type.
  public let sources: [Rows]
  /// The target rows of each type.
  public let targets: [Rows]
  /// Where the targets of each type stand among its sources: `.same` or `.rows`.
  public let placements: [Block.TargetPlacement]
  /// Source type, target type of each relation, as places among the types.
  public let ends: [(source: Int, target: Int)]

  private let derived: Derived

  /// Rows of one type.
  public struct Rows: Sendable {
    /// How many there are.
    public let count: Int
    /// The node of each row; nil where row r is node r.
    public let ids: [Int32]?

    /// As many rows, of those nodes.
    public init(count: Int, ids: [Int32]?) { (self.count, self.ids) = (count, ids) }
  }

  /// A block from its parts.
  ///
  /// - Precondition: one entry a type or relation in each list; blocks have the rows of their types.
  public init(
    types: [NodeType], relations: [EdgeType], blocks: [Block], sources: [Rows], targets: [Rows],
    placements: [Block.TargetPlacement]
  ) {
    let places = Dictionary(uniqueKeysWithValues: types.enumerated().map { ($1, $0) })
    ends = relations.map { relation in
      guard let source = places[relation.source], let target = places[relation.target] else {
        preconditionFailure("HeteroBlock: \(relation) joins types that are not among \(types)")
      }
      return (source, target)
    }
    for (number, (end, block)) in zip(ends, blocks).enumerated() {
      precondition(
        block.sourceCount == sources[end.source].count && block.targetCount == targets[end.target].count,
        "HeteroBlock: \(relations[number]) has \(block.sourceCount) → \(block.targetCount) rows, its types \(sources[end.source].count) → \(targets[end.target].count)"
      )
    }
    self.types = types
    self.relations = relations
    self.blocks = blocks
    self.sources = sources
    self.targets = targets
    self.placements = placements
    derived = Derived(typeCount: types.count)
  }

  /// The relations into a type, in order.
  public func relations(into type: Int) -> [Int] { ends.indices.filter { ends[$0].target == type } }

  /// All edges into a type in one: the sources of its relations stand one relation after the other.
  ///
  /// A softmax over it runs over the edges of all relations. Edges keep their relation's order; an edge's identity is
  /// its id in the relation after the edges of all relations before it, so that one edge has one identity in any block.
  ///
  /// - Parameter looped: whether each target also has an edge from itself, its last; these stand for one more relation,
  ///   whose sources are the target rows.
  /// - Complexity: O(T + E), once for each choice of loops.
  public func merged(into type: Int, looped: Bool = false) -> MergedRelations {
    derived.merged.withLock { kept in
      let place = 2 * type + (looped ? 1 : 0)
      if let made = kept[place] { return made }
      let made = MergedRelations(relations(into: type), in: self, loopsOf: looped ? type : nil, targets: targets[type])
      kept[place] = made
      return made
    }
  }

  private final class Derived: Sendable {
    let merged: Guarded<[MergedRelations?]>
    init(typeCount: Int) { merged = Guarded([MergedRelations?](repeating: nil, count: 2 * typeCount)) }
  }
}

/// The relations into one type as one adjacency, whose sources are those of each relation one after the other.
public struct MergedRelations: Sendable {
  /// The relations, as places among those of the block.
  public let relations: [Int]
  /// All edges into each target.
  public let aggregation: Aggregation
  /// For each edge of `aggregation` the place of its relation in `relations`; their number for a loop.
  public let relationOfEdge: [Int32]

  /// - Parameter loopsOf: the type whose nodes get a loop; nil for none.
  init(_ relations: [Int], in block: HeteroBlock, loopsOf type: Int?, targets: HeteroBlock.Rows) {
    self.relations = relations
    let blocks = relations.map { block.blocks[$0] }
    var starts: [Int32] = [0]
    for block in blocks { starts.append(starts[starts.count - 1] + Int32(block.sourceCount)) }
    // Ids follow those of all relations of the graph that come before.
    var bases = [Int64](repeating: 0, count: block.blocks.count + 1)
    for number in block.blocks.indices {
      bases[number + 1] = bases[number] + Int64(block.blocks[number].parent.edgeCount)
    }
    var offsets: [Int64] = [0]
    var columns: [Int32] = []
    var identities: [Int64] = []
    var numbers: [Int32] = []
    // A loop's identity: after those of all edges, the node's number, types far apart.
    let loops = bases[bases.count - 1] + Int64(type ?? 0) << 32
    for target in 0..<targets.count {
      for (number, part) in blocks.enumerated() {
        let index = part.aggregation.incoming
        for entry in Int(index.offsets[target])..<Int(index.offsets[target + 1]) {
          columns.append(starts[number] + index.columns[entry])
          identities.append(bases[relations[number]] + (part.edgeIDs?[entry] ?? Int64(entry)))
          numbers.append(Int32(number))
        }
      }
      if type != nil {
        columns.append(starts[blocks.count] + Int32(target))
        identities.append(loops + Int64(targets.ids?[target] ?? Int32(target)))
        numbers.append(Int32(blocks.count))
      }
      offsets.append(Int64(columns.count))
    }
    aggregation = Aggregation(
      incoming: EdgeIndex(offsets: offsets, columns: columns, identities: identities),
      sourceCount: Int(starts[starts.count - 1]) + (type == nil ? 0 : targets.count))
    relationOfEdge = numbers
  }
}

public import GroveGraphs

/// A graph of any node types and relations in memory, as training sees a store.
public struct TestSource: GraphSource, FeatureSource {
  /// A relation with its edges and their years.
  public struct Relation: Sendable {
    /// What the edges say and between which types.
    public var type: EdgeType
    /// The edges as listed.
    public var edges: EdgeList
    /// One year an edge, or nil.
    public var years: [Int32]?

    /// A relation from its parts.
    public init(_ type: EdgeType, _ edges: EdgeList, years: [Int32]? = nil) {
      self.type = type
      self.edges = edges
      self.years = years
    }
  }

  /// Node types with their numbers of nodes.
  public var nodes: [(type: NodeType, count: Int)]
  /// Relations in their order.
  public var lists: [Relation]
  /// The type whose nodes carry labels.
  public var labeledType: NodeType?
  /// The relation that the labels were made from.
  public var labelRelation: EdgeType?
  /// The labels of the labeled type.
  public var classes: Labels?
  /// Years of the nodes of some types.
  public var years: [NodeType: [Int32]] = [:]
  /// Feature columns by type.
  public var columns: [NodeType: [(name: String, matrix: FeatureMatrix)]] = [:]
  /// Always `test`.
  public var name: String { "test" }

  /// A graph of nodes and edges without labels, years and features.
  public init(nodes: [(type: NodeType, count: Int)], lists: [Relation]) {
    self.nodes = nodes
    self.lists = lists
  }

  /// Types in their order.
  public var nodeTypes: [NodeType] { nodes.map(\.type) }
  /// Relations in their order.
  public var relations: [EdgeType] { lists.map(\.type) }
  /// None.
  public var splitNames: [String] { [] }
  /// Nodes of a type; 0 of an unknown one.
  public func nodeCount(of type: NodeType) -> Int { nodes.first { $0.type == type }?.count ?? 0 }
  /// Edges as listed.
  public func edges(of relation: EdgeType) throws -> EdgeList { list(relation).edges }
  /// Years as given.
  public func edgeYears(of relation: EdgeType) throws -> [Int32]? { list(relation).years }
  /// Years as given.
  public func nodeYears(of type: NodeType) throws -> [Int32]? { years[type] }
  /// Labels as given.
  public func labels() throws -> Labels? { classes }
  /// Traps: there are none.
  public func split(named name: String) throws -> Split { preconditionFailure("TestSource: no split \(name)") }
  /// None.
  public func nodeIDs(of type: NodeType) throws -> [String]? { nil }
  /// Names of the columns given.
  public func featureNames(of type: NodeType) -> [String] { columns[type]?.map(\.name) ?? [] }
  /// A column as given.
  public func features(named name: String, of type: NodeType) throws -> FeatureMatrix {
    guard let column = columns[type]?.first(where: { $0.name == name }) else {
      preconditionFailure("TestSource: no features \(name)")
    }
    return column.matrix
  }

  private func list(_ relation: EdgeType) -> Relation {
    guard let list = lists.first(where: { $0.type == relation }) else {
      preconditionFailure("TestSource: no relation \(relation)")
    }
    return list
  }
}

extension TestSource {
  /// The type `paper`.
  public static let paper = NodeType("paper")
  /// The type `author`.
  public static let author = NodeType("author")
  /// The type `venue`.
  public static let venue = NodeType("venue")
  /// The type `field`.
  public static let field = NodeType("field")
  /// Papers cite papers.
  public static let cites = EdgeType(paper, "cites", paper)
  /// Authors write papers.
  public static let writes = EdgeType(author, "writes", paper)
  /// Papers appear in venues.
  public static let publishedIn = EdgeType(paper, "published_in", venue)
  /// Papers have topics, weighted.
  public static let hasTopic = EdgeType(paper, "has_topic", field)
  /// Fields are parts of fields; without time.
  public static let childOf = EdgeType(field, "child_of", field)

  /// A random academic graph: papers of 2008 to 2020 or of unknown year, three classes that follow paper numbers.
  ///
  /// Citations mostly stay within a class; topics follow the class; every seventh paper has no label.
  public static func academic(papers: Int, seed: Int) -> TestSource {
    var random = TestRandom(seed)
    func below(_ count: Int) -> Int32 { Int32(Int.random(in: 0..<count, using: &random)) }
    let (authors, venues, fields) = (max(1, papers / 2), 4, 9)
    let years = (0..<papers).map { _ in below(8) == 0 ? 0 : 2008 + below(13) }
    func relation(
      _ type: EdgeType, _ count: Int, weighted: Bool = false, timed: Bool = true, _ ends: () -> (Int32, Int32)
    ) -> Relation {
      let pairs = (0..<count).map { _ in ends() }
      let weights = weighted ? pairs.map { _ in Float.random(in: 0.25...2, using: &random) } : nil
      let edges = EdgeList(sources: pairs.map(\.0), targets: pairs.map(\.1), weights: weights, isDirected: true)
      let papersOfEdges = type.source == paper ? edges.sources : edges.targets
      return Relation(type, edges, years: timed ? papersOfEdges.map { years[Int($0)] } : nil)
    }
    guard papers > 0 else {
      let none = EdgeList(sources: [], targets: [], isDirected: true)
      return TestSource(nodes: [(paper, 0), (venue, 0)], lists: [Relation(cites, none), Relation(publishedIn, none)])
    }
    var source = TestSource(
      nodes: [(paper, papers), (author, authors), (venue, venues), (field, fields)],
      lists: [
        relation(cites, 5 * papers) {
          let from = Int(below(papers))
          let to = below(5) == 0 ? Int(below(papers)) : (from + 3 * Int(below(papers))) % papers
          return (Int32(from), Int32(to))
        },
        relation(writes, 2 * papers) { (below(authors), below(papers)) },
        relation(publishedIn, papers) { (below(papers), below(venues)) },
        relation(hasTopic, 4 * papers, weighted: true) {
          let from = below(papers)
          return (from, below(3) == 0 ? below(fields) : 3 * (from % 3) + below(3))
        },
        relation(childOf, fields, timed: false) { (below(fields), below(fields)) },
      ])
    source.years[paper] = years
    source.labeledType = paper
    source.classes = .single(classes: (0..<papers).map { $0 % 7 == 6 ? -1 : Int32($0 % 3) }, names: ["a", "b", "c"])
    return source
  }
}

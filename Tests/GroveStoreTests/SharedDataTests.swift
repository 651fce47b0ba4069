import Foundation
import GroveGraphs
import GroveKernels
import GroveStore
import Testing
import TestSupport

@Suite(.enabled(if: SharedData.isPresent)) struct SharedDataTests {
  /// Numbers of a set's `meta.json`.
  private func counts(_ name: String) throws -> [String: Int] {
    let data = try Data(contentsOf: URL(fileURLWithPath: "\(SharedData.graph(name))/meta.json"))
    let meta = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    let counts = try #require(meta["counts"] as? [String: Any])
    return counts.compactMapValues { $0 as? Int }
  }

  private static let homogeneous = [
    "acm-3025", "actor", "amazon-photo", "blogcatalog3", "chameleon-filtered", "citeseer", "citeseer-text",
    "coauthor-cs", "cora",
    "cora-ml", "cornell", "karate", "minesweeper", "texas",
  ]

  @Test(arguments: homogeneous) func `A folder has the counts of its meta file, and all its splits are sound`(
    _ name: String
  ) throws {
    let counts = try counts(name)
    let graph = try StoreOpener.open(SharedData.graph(name))
    #expect(graph.format == "folder")
    #expect(graph.name == name)
    #expect(graph.nodeCount(of: .node) == counts["nodes"])
    let edges = try graph.edges(of: EdgeType(.node, "edges", .node))
    #expect(edges.count == counts["edges_undirected"])
    #expect(!edges.isDirected)
    let labels = try #require(try graph.labels())
    #expect(labels.classCount == counts["classes"] ?? counts["groups"])
    let unlabeled = (0..<labels.nodeCount).count { !labels.isLabeled($0) }
    #expect(unlabeled == counts["unlabelled"] ?? 0)
    if let width = counts["features"] {
      let features = try graph.features(named: "features", of: .node)
      #expect(features.width == width)
      #expect(features.rowCount == counts["nodes"])
      if let entries = counts["feature_nnz"], case .sparse(let rows, _) = features {
        #expect(rows.entryCount == entries)
      }
    } else {
      #expect(graph.featureNames(of: .node).isEmpty)
    }
    if let splits = counts["splits"] { #expect(graph.splitNames == (0..<splits).map { "published_\($0)" }) }
    for split in graph.splitNames {
      let split = try graph.split(named: split)
      if let train = counts["train"], split.name == "public" || split.name == "published_0" {
        #expect(
          [split.train.count, split.validation.count, split.test.count] == [train, counts["val"], counts["test"]])
      }
    }
    #expect(graph.warnings.isEmpty)
  }

  @Test func `Names, ids and directions of the folders are kept`() throws {
    let photo = try StoreOpener.open(SharedData.graph("amazon-photo"))
    #expect(try photo.labels()?.classNames.contains("Film Photography") == true)
    #expect(photo.splitNames.first == "openworld_1454191016")
    #expect(Array(photo.splitNames.suffix(10)) == (0..<10).map { "random_\($0)" })
    let text = try StoreOpener.open(SharedData.graph("citeseer-text"))
    #expect(text.relations.map(\.relation) == ["edges", "edges_directed"])
    #expect(try text.edges(of: text.relations[1]).isDirected)
    #expect(try text.edges(of: text.relations[1]).count == 4277)
    #expect(try text.nodeIDs(of: .node)?.first == "norman00argument")
    let science = try StoreOpener.open(SharedData.graph("coauthor-cs"))
    #expect(try science.nodeIDs(of: .node)?.count == 18333)
    let blog = try #require(try StoreOpener.open(SharedData.graph("blogcatalog3")).labels())
    guard case .multiple(let rows, _) = blog else { return #expect(Bool(false), "not several classes a node") }
    #expect(rows.entryCount == 14476)
  }

  @Test func `The ACM graph has its three node types and two relations`() throws {
    let counts = try counts("acm-het")
    let graph = try StoreOpener.open(SharedData.graph("acm-het"))
    #expect(graph.nodeTypes.map(\.name) == ["paper", "author", "subject"])
    for type in graph.nodeTypes { #expect(graph.nodeCount(of: type) == counts[type.name]) }
    #expect(graph.relations.map(\.relation) == ["paper_author", "paper_subject"])
    for relation in graph.relations {
      let edges = try graph.edges(of: relation)
      #expect(edges.count == counts[relation.relation])
      #expect(edges.isDirected)
    }
    #expect(graph.labeledType == NodeType("paper"))
    #expect(try graph.labels()?.classCount == counts["classes"])
    #expect(try graph.features(named: "features", of: NodeType("paper")).width == counts["features_paper"])
    #expect(graph.splitNames == ["published_20", "published_40", "published_60"])
    #expect(try graph.split(named: "published_20").train.count == 60)
  }

  @Test func `The CoRA graph has its citations, authors and ids`() throws {
    let counts = try counts("cora-full-het")
    let graph = try StoreOpener.open(SharedData.graph("cora-full-het"))
    let paper = NodeType("paper")
    let author = NodeType("author")
    #expect(graph.nodeTypes == [paper, author])
    #expect(graph.nodeCount(of: paper) == counts["papers"])
    #expect(graph.nodeCount(of: author) == counts["authors"])
    #expect(Set(graph.relations) == [EdgeType(paper, "cites", paper), EdgeType(paper, "paper_author", author)])
    #expect(try graph.edges(of: EdgeType(paper, "cites", paper)).count == counts["citations"])
    #expect(try graph.edges(of: EdgeType(paper, "paper_author", author)).count == counts["paper_author"])
    let labels = try #require(try graph.labels())
    #expect(labels.classCount == counts["classes"])
    #expect((0..<labels.nodeCount).count { labels.isLabeled($0) } == counts["labelled"])
    #expect(try graph.nodeIDs(of: paper)?.prefix(2) == ["2", "16"])
    #expect(try graph.nodeIDs(of: author)?.first == "J. Kay")
    for split in graph.splitNames { #expect(try !graph.split(named: split).train.isEmpty) }
  }

  @Test(arguments: ["arxiv-grqc-lp", "fb15k-237", "umls", "lastfm"])
  func `A set of links without labels is refused in words`(_ name: String) throws {
    expectFailure(.badData, [name, "link-prediction", "labels.npy"]) {
      _ = try StoreOpener.open(SharedData.graph(name))
    }
  }

  private static let originals = [
    ("actor", "actor.npz"), ("amazon-photo", "amazon_electronics_photo.npz"),
    ("chameleon-filtered", "chameleon_filtered.npz"),
    ("citeseer", "shchur_citeseer.npz"), ("coauthor-cs", "ms_academic_cs.npz"), ("cora-ml", "cora_ml.npz"),
    ("cora-ml", "ppnp_cora_ml.npz"), ("cora", "shchur_cora.npz"), ("cornell", "cornell.npz"),
    ("minesweeper", "minesweeper.npz"),
    ("texas", "texas.npz"),
  ]

  @Test(arguments: originals) func `An original archive has the counts of its folder`(_ name: String, _ file: String)
    throws
  {
    let counts = try counts(name)
    let graph = try StoreOpener.open("\(SharedData.graph(name))/original/\(file)")
    #expect(graph.format == "npz")
    #expect(graph.nodeCount(of: .node) == counts["npz_nodes"] ?? counts["nodes"])
    let edges = try graph.edges(of: graph.relations[0])
    #expect(edges.count == counts["npz_raw_edges"] ?? counts["edges_raw"])
    #expect(edges.weights == nil)
    let labels = try #require(try graph.labels())
    #expect(labels.classCount == counts["classes"])
    if let width = counts["features"] { #expect(try graph.features(named: "features", of: .node).width == width) }
    #expect(graph.splitNames.count == counts["splits"] ?? 0)
    for split in graph.splitNames {
      let split = try graph.split(named: split)
      if split.name == "published_0" {
        #expect(split.train.count == counts["train"] && split.test.count == counts["test"])
      }
    }
    #expect(graph.warnings.count == (file == "ppnp_cora_ml.npz" ? 1 : 0))
    if file == "ppnp_cora_ml.npz" {
      #expect(graph.warnings[0].contains("edge_attr_matrix, edge_attr_names, metadata"))
      #expect(try graph.nodeIDs(of: .node)?.count == 2995)
    }
  }

  @Test func `An original archive and its folder tell the same directed edges, features and classes`() throws {
    let archive = try StoreOpener.open("\(SharedData.graph("cora-ml"))/original/ppnp_cora_ml.npz")
    let folder = try StoreOpener.open(SharedData.graph("cora-ml"))
    func pairs(_ list: EdgeList) -> [[Int32]] {
      (0..<list.count).map { [list.sources[$0], list.targets[$0]] }.sorted { $0.lexicographicallyPrecedes($1) }
    }
    let directed = try folder.edges(of: EdgeType(.node, "edges_directed", .node))
    #expect(try pairs(archive.edges(of: archive.relations[0])) == pairs(directed))
    #expect(try archive.features(named: "features", of: .node) == folder.features(named: "features", of: .node))
    guard case .single(let first, _) = try archive.labels(), case .single(let second, _) = try folder.labels() else {
      return #expect(Bool(false), "no labels")
    }
    #expect(first == second)
  }
}

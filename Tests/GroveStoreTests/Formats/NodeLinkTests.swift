import Foundation
import GroveGraphs
import GroveKernels
import TestSupport
import Testing

@testable import GroveStore

/// Graphs as NetworkX's node-link JSON.
@Suite("Node-link files") struct NodeLinkTests {
  private func read(_ text: String) throws -> GraphDataset {
    try NodeLinkFormat.graph(Array(text.utf8), place: "g.json", source: "g.json")
  }

  private func edges(_ graph: GraphDataset) throws -> EdgeList { try graph.edges(of: EdgeType(.node, "edges", .node)) }

  @Test func `nodes with ids of every scalar type, attributes and weights are read`() throws {
    let graph = try read(
      """
      {"directed": true, "multigraph": true, "graph": {"name": "x"}, "nodes": [
        {"id": "a", "label": 2, "x": 1.5, "old": true, "title": "Gr\\u00e4ph", "tags": ["p"], "year": 2001},
        {"x": 2, "id": 7, "label": 0, "old": false, "colour": "red"}, {"id": 1.5, "x": null}, {"id": true, "x": -1}],
       "edges": [{"source": "a", "target": 7, "key": 0, "weight": 2}, {"source": 1.5, "target": true, "kind": "k"},
        {"source": "a", "target": 7.0, "key": 1, "weight": 0.5}]}
      """)
    #expect(graph.format == "node-link")
    #expect(try graph.nodeIDs(of: .node) == ["a", "7", "1.5", "true"])
    #expect(
      try graph.features(named: "attributes", of: .node) == .dense(values: [1.5, 1, 2, 0, 0, 0, -1, 0], width: 2))
    #expect(try graph.labels() == .single(classes: [2, 0, -1, -1], names: ["0", "1", "2"]))
    #expect(try graph.nodeYears(of: .node) == [2001, 0, 0, 0])
    var texts: [String?] = []
    try graph.forEachText(of: .node, fields: ["text"]) { texts.append($1[0]) }
    #expect(texts == ["Gräph", nil, nil, nil])
    #expect(
      try edges(graph)
        == EdgeList(sources: [0, 2, 0], targets: [1, 3, 1], weights: [2, 1, 0.5], isDirected: true))
    #expect(graph.warnings.count == 4)
    for word in ["'kind'", "'tags'", "'x'", "'colour'"] { #expect(graph.warnings.contains { $0.contains(word) }) }
  }

  @Test func `graphs are undirected unless they say otherwise, and links come before nodes`() throws {
    let graph = try read(#"{"links": [{"source": 1, "target": 0}], "nodes": [{"id": 0}, {"id": 1}]}"#)
    #expect(try edges(graph) == EdgeList(sources: [1], targets: [0], isDirected: false))
    #expect(try graph.nodeIDs(of: .node) == nil)
    let empty = try read(#"{"directed": false, "nodes": [], "links": []}"#)
    #expect(empty.nodeCount(of: .node) == 0)
  }

  @Test func `without ids the ends of links are positions`() throws {
    let graph = try read(
      #"{"nodes":[{"name":"Ada","group":1},{"name":"Bo","group":1}],"links":[{"source":1,"target":0,"value":3}]}"#)
    #expect(try edges(graph) == EdgeList(sources: [1], targets: [0], isDirected: false))
    expectFailure(.badData, ["links[0]", "2 nodes, counted from 0"]) {
      _ = try read(#"{"nodes":[{},{}],"links":[{"source":2,"target":0}]}"#)
    }
  }

  @Test func `numbers and words of one attribute are not mixed, and years of edges come from the edges`() throws {
    let graph = try read(
      """
      {"nodes": [{"id": 0, "m": 1, "class": "b"}, {"id": 1, "m": "two", "class": "a"}],
       "links": [{"source": 0, "target": 1, "year": 1990}]}
      """)
    #expect(graph.featureNames(of: .node).isEmpty)
    #expect(graph.warnings == ["not used of the nodes' attributes: 'm'"])
    #expect(try graph.labels() == .single(classes: [1, 0], names: ["a", "b"]))
    #expect(try graph.edgeYears(of: graph.relations[0]) == [1990])
  }

  static let damage: [(text: String, words: [String])] = [
    (#"{"nodes": [{"id": 1}], "links": ["#, ["not JSON"]), ("[1]", ["no object"]), (#"{"nodes": []}"#, ["no lists"]),
    (#"{"nodes": {}, "links": []}"#, ["no lists"]), (#"{"nodes": [3], "links": []}"#, ["nodes[0]", "no object"]),
    (#"{"nodes": [{"id": 1}, {}], "links": []}"#, ["nodes[1]", "has no id"]),
    (#"{"nodes": [{}, {"id": 1}], "links": []}"#, ["nodes[1]", "has an id"]),
    (#"{"nodes": [{"id": [1]}], "links": []}"#, ["nodes[0]", "no text, number"]),
    (#"{"nodes": [{"id": null}], "links": []}"#, ["nodes[0]", "no text, number"]),
    (#"{"nodes": [{"id": 1}, {"id": "1"}], "links": []}"#, ["nodes[1]", "id '1' is also"]),
    (#"{"nodes": [{"id": 1}], "links": [{"source": 1, "target": 2}]}"#, ["links[0]", "target '2'"]),
    (#"{"nodes": [{"id": 1}], "edges": [{"source": 3, "target": 1}]}"#, ["edges[0]", "source '3'"]),
    (#"{"nodes": [{"id": 1}], "links": [{"source": 1}]}"#, ["links[0]", "lacks"]),
    (#"{"nodes": [{"id": 1}], "links": [5]}"#, ["links[0]", "no object"]),
    (#"{"nodes": [{"id": 1}], "links": [{"source": 1, "target": {}}]}"#, ["links[0]", "no text"]),
    (#"{"nodes": [{"id": 1}], "links": [{"source": 1, "target": 1, "weight": "x"}]}"#, ["links[0]", "weight"]),
    (#"{"nodes": [{"id": 1, "x": 1e300}], "links": []}"#, ["nodes[0]", "'x'"]),
    (#"{"nodes": [{"id": 1, "x": NaN}], "links": []}"#, ["not JSON"]),
    (#"{"nodes": [{"id": 1, "y": -7}], "links": []}"#, ["class -7"]),
  ]

  @Test(arguments: damage) func `mistakes are told with their place`(_ text: String, _ words: [String]) throws {
    expectFailure(.badData, ["g.json"] + words) { _ = try read(text) }
  }

  @Test func `nesting is bounded`() throws {
    let deep = String(repeating: "[", count: 100_000)
    expectFailure(.badData, ["not JSON"]) { _ = try read("{\"nodes\": \(deep)") }
  }

  static let heads: [(text: String, speaks: Bool)] = [
    (#"{"directed": false, "multigraph": false, "graph": {}, "nodes": ["#, true), (#" {"nodes" : [ {"#, true),
    ("\u{feff}" + #"{"nodes":[]"#, true), (#"{"links": [{"source": 0, "target": 1}]"#, true),
    (#"{"edges":[{"w":1,"target":"a","source":"b"},"#, true),
    (#"{"graph": {"nodes": 1}, "multigraph":true,"directed":true"#, true),
    // Records of every dialect, and JSON of other kinds.
    (#"{"id": "1", "title": "nodes", "authors": [{"name": "x"}], "references": ["2"]}"#, false),
    (#"{"id": 1, "links": ["http://x"], "nodes": 3}"#, false), (#"{"id": 1, "edges": [{"a": 1}]}"#, false),
    (#"{"x": {"nodes": [{"id": 1}]}}"#, false), (#"{"a":1}{"nodes":[{"id":1}]}"#, false),
    (#"{"title": "\"nodes\": [{"}"#, false), ("[{\"nodes\": [{}]}]", false), ("", false), ("{", false),
    (#"{"nodes"#, false),
    (#"{"nodes": "#, false), (#"{"directed": true"#, false), (#"{"a\"#, false),
  ]

  @Test(arguments: heads) func `the first bytes tell graphs from records`(_ text: String, _ speaks: Bool) {
    #expect(NodeLinkHead.speaks(Array(text.utf8)) == speaks)
  }
}

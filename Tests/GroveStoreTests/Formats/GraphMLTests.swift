import Foundation
import GroveGraphs
import GroveKernels
import TestSupport
import Testing

@testable import GroveStore

/// Graphs in GraphML, and the reader of tags below them.
@Suite("GraphML files") struct GraphMLTests {
  private func read(_ text: String) throws -> GraphDataset {
    try GraphMLFormat.graph(Array(text.utf8), place: "g.graphml", source: "g.graphml")
  }

  private func graph(_ body: String, keys: String = "", direction: String = "directed") throws -> GraphDataset {
    try read("<graphml>\(keys)<graph edgedefault=\"\(direction)\">\(body)</graph></graphml>")
  }

  private func edges(_ graph: GraphDataset) throws -> EdgeList { try graph.edges(of: EdgeType(.node, "edges", .node)) }

  private static let whole = """
    <?xml version='1.0' encoding='utf-8'?>
    <!-- as NetworkX writes it -->
    <graphml xmlns="http://graphml.graphdrawing.org/xmlns" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
      <key id="d7" for="edge" attr.name="kind" attr.type="string"/>
      <key id="d6" for="edge" attr.name="weight" attr.type="double"><default>2</default></key>
      <key id="d5" for="node" attr.name="year" attr.type="int"/>
      <key id="d4" for="node" attr.name="title" attr.type="string"/>
      <key id="d3" for="node" attr.name="old" attr.type="boolean"><default>true</default></key>
      <key id="d2" for="node" attr.name="score" attr.type="double"/>
      <key id="d1" for="node" attr.name="label" attr.type="long"/>
      <key id="d0" for="node" attr.name="size" attr.type="int"/>
      <graph id="G" edgedefault="directed">
        <edge source="a" target="c&amp;d"/>
        <node id="a"><data key="d0">3</data><data key="d1">1</data><data key="d2">0.5</data>
          <data key="d4">Graphs &lt;&#x26;&gt; <![CDATA[<b>trees</b>]]></data><data key="d5">1999</data></node>
        <node id='b'>
          <data key="d0"> -1 </data><data key="d3">False</data><data key="d5">2004</data><data key="d2"></data>
        </node>
        <node id="c&amp;d"><port name="x"><data key="d0">9</data></port><data key="d1">0</data></node>
        <edge source="b" target="a" directed="false"><data key="d6">0.25</data><data key="d7">x</data></edge>
        <edge source="b" target="b" directed="false"/>
      </graph>
    </graphml>
    """

  @Test func `nodes, edges and attributes of every type are read`() throws {
    let graph = try read(Self.whole)
    #expect(graph.format == "graphml" && graph.name == "g")
    #expect(try graph.nodeIDs(of: .node) == ["a", "b", "c&d"])
    // In the order of the keys: old, score, size.
    #expect(
      try graph.features(named: "attributes", of: .node)
        == .dense(values: [1, 0.5, 3, 0, 0, -1, 1, 0, 0], width: 3))
    #expect(try graph.labels() == .single(classes: [1, -1, 0], names: ["0", "1"]))
    #expect(try graph.nodeYears(of: .node) == [1999, 2004, 0])
    var texts: [String?] = []
    try graph.forEachText(of: .node, fields: ["text"]) { texts.append($1[0]) }
    #expect(texts == ["Graphs <&> <b>trees</b>", nil, nil])
    // Beside a directed edge the undirected one is two, and a loop stays one.
    #expect(
      try edges(graph)
        == EdgeList(
          sources: [0, 1, 1, 0], targets: [2, 0, 1, 1], weights: [2, 0.25, 2, 0.25], isDirected: true))
    #expect(try graph.edgeYears(of: graph.relations[0]) == [1999, 2004, 2004, 1999])
    #expect(graph.warnings.count == 2)
    #expect(graph.warnings[0].contains("edges' attributes: 'kind'"))
    #expect(graph.warnings[1].contains("'score', 'size'") && graph.warnings[1].contains("have 0"))
  }

  @Test func `undirected graphs stay so, and ids that count the nodes are numbers`() throws {
    let plain = try graph(
      "<node id=\"0\"/><node id=\"1\"></node><edge source=\"1\" target=\"0\"/>", direction: "undirected")
    #expect(try edges(plain) == EdgeList(sources: [1], targets: [0], isDirected: false))
    #expect(try plain.nodeIDs(of: .node) == nil)
    #expect(plain.featureNames(of: .node).isEmpty)
    let prefixed = try read(
      "<g:graphml xmlns:g='x'><g:graph edgedefault='directed'><g:node id='n0'/></g:graph></g:graphml>")
    #expect(try prefixed.nodeIDs(of: .node) == ["n0"])
    let empty = try read("<graphml><graph edgedefault='directed'/></graphml>")
    #expect(empty.nodeCount(of: .node) == 0)
  }

  @Test func `words named class are classes, and what drawing programs add is passed over`() throws {
    let graph = try graph(
      """
      <node id="a"><data key="c">red</data><data key="g"><y:Shape><y:Label>A</y:Label></y:Shape></data></node>
      <node id="b"><data key="c">blue</data></node><node id="c"/>
      """,
      keys: """
        <key id="c" for="node" attr.name="class" attr.type="string"/><key id="g" for="node" yfiles.type="nodegraphics"/>
        """)
    #expect(try graph.labels() == .single(classes: [1, 0, -1], names: ["blue", "red"]))
    #expect(graph.warnings.isEmpty)
  }

  @Test func `Latin-1 is read as it says, and UTF-16 is refused`() throws {
    let text = "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><graphml><graph edgedefault=\"directed\"><node id=\""
    let bytes = Array(text.utf8) + [0xe9] + Array("\"/></graph></graphml>".utf8)
    #expect(try GraphMLFormat.graph(bytes, place: "g", source: "g").nodeIDs(of: .node) == ["é"])
    expectFailure(.badData, ["UTF-16"]) {
      _ = try GraphMLFormat.graph([0xff, 0xfe] + bytes, place: "g", source: "g")
    }
    expectFailure(.badData, ["encoding 'utf-7'"]) {
      _ = try read("<?xml version='1.0' encoding='UTF-7'?><graphml/>")
    }
  }

  static let damage: [(text: String, words: [String])] = [
    ("<graphml>\n<graph edgedefault='directed'>\n", ["line 3", "ends inside <graph>"]),
    ("<graphml>\n</graph>", ["line 2", "</graph> stands where <graphml> ends"]), ("</a>", ["closes what is not open"]),
    ("<html></html>", ["<html>, not <graphml>"]), ("<graphml/>", ["no <graph>"]), ("  ", ["no element"]),
    ("<graphml/><graphml/>", ["second element"]), ("x<graphml/>", ["outside"]),
    ("<graphml a></graphml>", ["'a' has no value"]),
    ("<graphml a='1></graphml>", ["no quotes, or no end"]), ("<graphml a=1></graphml>", ["no quotes"]),
    ("<!-- x", ["line 1", "no -->"]), ("<graphml>&nbsp;</graphml>", ["'&nbsp'", "no entity"]),
    ("<graphml>&#xd800;</graphml>", ["no entity"]), ("<", ["has no name"]), ("<graphml", ["has no name"]),
    (
      "<!DOCTYPE g [<!ENTITY a \"b\"><!ENTITY c SYSTEM \"file:///etc/passwd\">]>\n<graphml>&c;</graphml>",
      ["declares entities"]
    ),
    ("<!DOCTYPE g", ["does not end"]),
    ("<graphml><graph/></graphml>", ["edgedefault"]),
    ("<graphml><graph edgedefault='both'/></graphml>", ["edgedefault"]),
  ]

  @Test(arguments: damage) func `documents that are no GraphML are told with their line`(
    _ text: String, _ words: [String]
  ) throws {
    expectFailure(.badData, ["g.graphml, line"] + words) { _ = try read(text) }
  }

  static let mistakes: [(body: String, words: [String])] = [
    ("<node id='a'/>\n<node id='a'/>", ["line 2", "'a' appears a second time"]), ("<node/>", ["no id"]),
    ("<node id='a'/>\n<edge source='a' target='b'/>", ["line 2", "target 'b' of an edge is not a node"]),
    ("<edge source='q' target='q'/>", ["source 'q'"]), ("<edge source='a'/>", ["lacks its source or target"]),
    ("<node id='a'><graph edgedefault='directed'/></node>", ["lies within <node>"]),
    ("<hyperedge/>", ["two ends"]), ("<node id='a'><data>1</data></node>", ["names no key"]),
    ("<node id='a'><data key='zz'>1</data></node>", ["'zz' is not declared"]),
    ("\n<node id='a'><data key='n'>\n1.5</data></node>", ["line 3", "attribute 'label' is '1.5'", "int"]),
    ("<node id='a'><data key='d'>NaN</data></node>", ["attribute 'x' is 'NaN'", "double"]),
    ("<node id='a'><data key='d'>1e39</data></node>", ["'1e39'"]),
    ("<node id='a'><data key='b'>maybe</data></node>", ["boolean"]),
    ("<node id='a'/><edge source='a' target='a'><data key='w'>inf</data></edge>", ["'weight' is 'inf'"]),
    ("<node id='a'><data key='n'>-2</data></node>", ["class -2 is not a class"]),
    ("<node id='a'><data key='n'>4294967296</data></node>", ["more than 32 bits"]),
    ("<node id='a'><data key='t'>-5</data></node>", ["-5 is not a year"]),
    ("</graph><graph edgedefault='directed'>", ["second <graph>"]),
  ]

  @Test(arguments: mistakes) func `mistakes in a graph are told`(_ body: String, _ words: [String]) throws {
    let keys = [
      ("n", "node", "label", "int"), ("d", "node", "x", "double"), ("b", "node", "z", "boolean"),
      ("w", "edge", "weight", "double"), ("t", "node", "year", "int"),
    ].map { "<key id='\($0)' for='\($1)' attr.name='\($2)' attr.type='\($3)'/>" }.joined()
    expectFailure(.badData, ["g.graphml"] + words) { _ = try graph(body, keys: keys) }
  }

  @Test func `a document type without declarations is passed, and nothing it names is read`() throws {
    let graph = try read(
      "<!DOCTYPE graphml SYSTEM \"file:///etc/passwd>\"><graphml><graph edgedefault='directed'/></graphml>")
    #expect(graph.nodeCount(of: .node) == 0)
  }

  @Test func `deep nesting and defaults for many nodes are bounded`() throws {
    let deep = String(repeating: "<a>", count: 200_000)
    expectFailure(.badData, ["nest more than 256"]) { _ = try read("<graphml>\(deep)") }
    let keys = (0..<3000).map {
      "<key id='k\($0)' for='node' attr.name='k\($0)' attr.type='int'><default>1</default></key>"
    }.joined()
    let nodes = (0..<30_000).map { "<node id='\($0)'/>" }.joined()
    expectFailure(.badData, ["default values stand for"]) { _ = try graph(nodes, keys: keys) }
    // As many attributes as nodes, one each: memory of what is there, not of the whole rectangle.
    let many = (0..<3000).map { "<node id='\($0)'><data key='k\($0)'>7</data></node>" }.joined()
    let plain = (0..<3000).map { "<key id='k\($0)' for='node' attr.name='k\($0)' attr.type='int'/>" }.joined()
    let features = try graph(many, keys: plain).features(named: "attributes", of: .node)
    guard case .sparse(let rows, _) = features else { return #expect(Bool(false), "dense rows of single values") }
    #expect(rows.entryCount == 3000 && rows.columnCount == 3000)
  }
}

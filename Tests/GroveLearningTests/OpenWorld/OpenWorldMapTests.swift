import GroveGraphs
import GroveKernels
@testable import GroveLearning
import TestSupport
import Testing

/// Which class each node of an open-world map is drawn as.
@Suite struct OpenWorldMapTests {
  /// Two seen classes and a novel one; nodes 6 and 7 are of classes that nobody knows.
  private static let truth = OpenWorldTruth(classes: [0, 1, 2, 0, 1, 2, -1, -1], names: ["A", "B", "C"], seenCount: 2)
  private static let clusterNames = ["A", "B", "novel-1", "novel-2"]

  private static func content(
    truth: OpenWorldTruth = truth, predicted: [Int32], clusterNames: [String] = clusterNames, test: [Int32]
  ) throws -> OpenWorldMap {
    let places = predicted.indices.flatMap { [Float($0 * $0), Float($0)] }
    let map = try #require(NodeMap(embeddings: places, width: 2, random: RandomStream(seed: 1)))
    #expect(map.nodes == predicted.indices.map { Int32($0) })
    return OpenWorldMap(
      map, truth: truth, predicted: predicted, clusterNames: clusterNames,
      scores: OpenWorldEvaluation(of: test, predicted: predicted, truth: truth))
  }

  @Test func `clusters are drawn as the class that test nodes match them with`() throws {
    // Cluster 0 holds B, cluster 1 A: numbers of clusters mean nothing here. Cluster 3 holds nothing known.
    let content = try Self.content(predicted: [1, 0, 2, 1, 0, 2, 3, 3], test: [2, 3, 4, 5, 6, 7])
    #expect(content.truth == [0, 1, 2, 0, 1, 2, nil, nil])
    #expect(content.given == [0, 1, 2, 0, 1, 2, 3, 3])
    #expect(content.names == ["A", "B", "C", "novel-2, matched with no class"])
    #expect(content.isSeen == [true, true, false, false])
    #expect(content.agreement == (6, 6))
  }

  @Test func `without labels of test nodes seen clusters are their own class and the others none`() throws {
    let content = try Self.content(predicted: [0, 1, 2, 0, 0, 2, 3, 3], test: [6, 7])
    #expect(content.given == [0, 1, 3, 0, 0, 3, 4, 4])
    #expect(content.names.dropFirst(3) == ["novel-1, matched with no class", "novel-2, matched with no class"])
    #expect(content.agreement == (6, 3))
  }

  @Test func `a pair without a common test node is none`() throws {
    // The test nodes 3 and 6 match A with cluster 2 alone; whatever the rest is paired with says nothing. Cluster 1 is B
    // by name, and cluster 0 has lost A.
    let content = try Self.content(predicted: [0, 1, 3, 2, 1, 3, 3, 3], test: [3, 6])
    #expect(content.names.dropFirst(3) == ["A, matched with no class", "novel-2, matched with no class"])
    #expect(content.isSeen == [true, true, false, true, false])
    #expect(content.given == [3, 1, 4, 0, 1, 4, 4, 4])
  }

  // MARK: - Figures

  /// Elements inside the figure whose title begins so.
  static func figure(_ title: String, in page: PageReader) -> ArraySlice<PageReader.Element> {
    let starts = page.elements.indices.filter { page.elements[$0].name == "figure" }
    guard let number = starts.firstIndex(where: { page.elements[$0].text.hasPrefix(title) }) else { return [] }
    return page.elements[starts[number]..<(number + 1 < starts.count ? starts[number + 1] : page.elements.count)]
  }

  /// How many marks of a look, such as `full s0`, the drawing of a figure has.
  static func marks(_ looks: String, _ title: String, in page: PageReader) -> Int {
    let paths = figure(title, in: page).filter {
      $0.name == "path" && $0.path.last == "svg" && !$0.path.contains("li")
        && $0.attributes["class"]?.hasPrefix(looks) == true
    }
    return paths.reduce(0) { $0 + ($1.attributes["d"] ?? "").count { $0 == "M" } }
  }

  private static func page(_ content: OpenWorldMap) -> PageReader {
    PageReader("<div>" + Markup(OpenWorldMapFigure(content: content).markup).source + "</div>")
  }

  private static func legend(_ title: String, in page: PageReader) -> [String] {
    figure(title, in: page).filter { $0.name == "li" }.map(\.text)
  }

  @Test func `seen classes are filled, novel ones hollow, and no known class is a gray cross`() throws {
    let content = try Self.content(predicted: [1, 0, 2, 1, 0, 0, 3, 3], test: [2, 3, 4, 5, 6, 7])
    let page = Self.page(content)
    #expect(page.problem == nil)
    #expect(Self.legend("True classes", in: page).sorted() == ["A (2)", "B (2)", "C (2)", "class not known (2)"])
    #expect(
      Self.legend("Predicted classes", in: page).sorted()
        == ["A (2)", "B (3)", "C (1)", "novel-2, matched with no class (2)"])
    #expect(
      Self.legend("Seen and novel", in: page) == ["of seen classes (4)", "of novel classes (2)", "class not known (2)"])
    // Six of known class and two crosses; a cross is of color 7, which no other mark has.
    for title in ["True classes", "Principal components"] {
      #expect(Self.marks("full", title, in: page) == 6 && Self.marks("hollow", title, in: page) == 2, "\(title)")
      #expect(Self.marks("full s7", title, in: page) == 2, "\(title)")
    }
    #expect(Self.marks("full", "Predicted classes", in: page) == 5 && Self.marks("hollow", "Predicted", in: page) == 3)
    #expect(Self.marks("full s0", "Seen and novel", in: page) == 4)
    #expect(Self.marks("hollow s1", "Seen and novel", in: page) == 2)
    #expect(page.text.contains("Of 6 nodes here whose class is known, 83.3 % look the same"))
    let rows = Self.figure("Predicted classes", in: page).filter { $0.name == "tr" }.map(\.text)
    #expect(rows.contains("Bseen232") && rows.contains("Cnovel211"), "\(rows)")
  }

  @Test func `a class has one shape and color on every map, and many share the last`() throws {
    // Class c of twelve has 13 − c nodes, of which one is predicted as the next class; six classes are seen.
    let classes = (0..<12).flatMap { c in [Int32](repeating: Int32(c), count: 13 - c) }
    let truth = OpenWorldTruth(classes: classes, names: (0..<12).map { "class \($0)" }, seenCount: 6)
    var predicted = classes
    for c in 0..<11 { if let first = classes.firstIndex(of: Int32(c)) { predicted[first] = Int32(c + 1) } }
    let content = try Self.content(
      truth: truth, predicted: predicted, clusterNames: (0..<12).map { "p\($0)" },
      test: classes.indices.map { Int32($0) })
    #expect(content.agreement == (classes.count, classes.count - 11))
    let page = Self.page(content)
    let legends = ["True classes", "Predicted classes"].map { title in
      Self.figure(title, in: page).filter { $0.name == "path" && $0.path.contains("li") }.map {
        ($0.attributes["class"] ?? "") + ($0.attributes["d"] ?? "")
      }
    }
    #expect(legends[0] == legends[1] && legends[0].count == 8 && Set(legends[0]).count == 8)
    let names = Self.legend("True classes", in: page)
    #expect(names.first == "class 0 (13)" && names.last == "5 other novel classes (20)", "\(names)")
    // Twelve of class 0 stay, one leaves; class 1 loses one and wins one.
    #expect(Self.legend("Predicted classes", in: page).prefix(2) == ["class 0 (12)", "class 1 (12)"])
  }
}

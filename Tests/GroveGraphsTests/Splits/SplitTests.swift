import GroveGraphs
import Testing

@Suite("Split")
struct SplitTests {
  func split(_ train: [Int32], _ validation: [Int32] = [], _ test: [Int32] = []) -> Split {
    Split(name: "public", kind: "published", train: train, validation: validation, test: test)
  }

  @Test("A split into separate nodes has no problem")
  func sound() {
    #expect(split([0, 4], [1], [3, 2]).problem(nodeCount: 5) == nil)
    #expect(split([0]).problem(nodeCount: 1) == nil)
  }

  @Test("An empty training part is a problem")
  func emptyTrain() { #expect(split([], [0], [1]).problem(nodeCount: 2) == "split 'public' has no training node") }

  @Test(
    "A node that does not exist is named with its part and the number of nodes",
    arguments: [(Int32(5), "validation"), (-1, "validation")])
  func missingNode(_ node: Int32, _ part: String) {
    #expect(
      split([0], [1, node]).problem(nodeCount: 5)
        == "split 'public', \(part): node \(node) does not exist (there are 5 nodes)")
  }

  @Test("A node twice in a part is named")
  func twiceInPart() {
    #expect(split([0], [1], [2, 3, 2]).problem(nodeCount: 5) == "split 'public', test: node 2 is listed twice")
  }

  @Test("A node in two parts is named with both")
  func inTwoParts() {
    #expect(split([0, 3], [1], [3]).problem(nodeCount: 5) == "split 'public': node 3 is in both train and test")
    #expect(split([0], [1], [1]).problem(nodeCount: 5) == "split 'public': node 1 is in both validation and test")
  }
}

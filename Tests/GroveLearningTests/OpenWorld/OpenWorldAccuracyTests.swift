@testable import GroveLearning
import TestSupport
import Testing

/// Accuracies of predicted clusters under both protocols.
@Suite struct OpenWorldAccuracyTests {
  @Test func `C-14: one matching and two give different numbers for one prediction`() {
    let truth: [Int32] = [0, 0, 0, 0, 1, 1, 1, 1]
    let predicted: [Int32] = [0, 0, 0, 1, 0, 0, 0, 0]
    #expect(ClusterMatching(truth: truth, predicted: predicted).classOfCluster == [1, 0])
    let single = OpenWorldAccuracy.singleMatching(truth: truth, predicted: predicted, seenClasses: [0])
    #expect(single.overall == 0.625 && single.seen == 0.25 && single.novel == 1)
    let separate = OpenWorldAccuracy.separateMatching(truth: truth, predicted: predicted, seenClasses: [0])
    #expect(separate.overall == 0.625 && separate.seen == 0.75 && separate.novel == 1)
    #expect(single.seenCount == 4 && single.novelCount == 4)
  }

  private let truth: [Int32] = [0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2]
  private let predicted: [Int32] = [1, 1, 1, 1, 1, 0, 1, 1, 1, 0, 2, 2, 2, 2]

  @Test func `C-15: three classes, the seen one under another's number`() {
    let found = OpenWorldAccuracy.singleMatching(truth: truth, predicted: predicted, seenClasses: [0])
    #expect(abs(found.overall - 0.7142857143) < 1e-9 && abs(found.seen - 0.8333333333) < 1e-9 && found.novel == 0.625)
  }

  @Test func `C-17: renaming predicted clusters changes nothing`() {
    let wanted = OpenWorldAccuracy.singleMatching(truth: truth, predicted: predicted, seenClasses: [0])
    for names in [[1, 2, 0], [2, 1, 0], [0, 7, 4]] as [[Int32]] {
      let renamed = predicted.map { names[Int($0)] }
      #expect(OpenWorldAccuracy.singleMatching(truth: truth, predicted: renamed, seenClasses: [0]) == wanted)
    }
  }

  @Test(arguments: 0..<20) func `C-17: parts add up to the whole under one matching`(seed: Int) {
    var random = TestRandom(seed)
    let count = 50
    let truth = (0..<count).map { _ in Int32.random(in: 0..<5, using: &random) }
    // Fewer, as many and more clusters than classes.
    let clusters = Int32(2 + seed % 7)
    let predicted = (0..<count).map { _ in Int32.random(in: 0..<clusters, using: &random) }
    let found = OpenWorldAccuracy.singleMatching(truth: truth, predicted: predicted, seenClasses: [0, 3])
    let hits = found.seen * Double(found.seenCount) + found.novel * Double(found.novelCount)
    #expect(abs(found.overall * Double(count) - hits) < 1e-9 && found.seenCount + found.novelCount == count)
    var pairs: [[Int32]: Int] = [:]
    for (label, cluster) in zip(truth, predicted) { pairs[[label, cluster], default: 0] += 1 }
    let matching = ClusterMatching(truth: truth, predicted: predicted)
    #expect(matching.matched >= pairs.values.max() ?? 0)
    #expect(Set(matching.classOfCluster).count == matching.classOfCluster.count)
    let separate = OpenWorldAccuracy.separateMatching(truth: truth, predicted: predicted, seenClasses: [0, 3])
    #expect(separate.overall == found.overall && separate.novel >= found.novel)
  }

  @Test func `C-17: without novel nodes, or without any, nothing is divided by zero`() {
    let seen = OpenWorldAccuracy.singleMatching(truth: [0, 0, 1], predicted: [2, 2, 0], seenClasses: [0, 1])
    #expect(seen.overall == 1 && seen.seen == 1 && seen.novel == 0 && seen.novelCount == 0)
    let separate = OpenWorldAccuracy.separateMatching(truth: [0, 0, 1], predicted: [0, 1, 1], seenClasses: [0, 1])
    #expect(separate.novel == 0 && abs(separate.seen - 2.0 / 3) < 1e-9)
    for none in [
      OpenWorldAccuracy.singleMatching(truth: [], predicted: [], seenClasses: []),
      OpenWorldAccuracy.separateMatching(truth: [], predicted: [], seenClasses: [1]),
    ] { #expect(none.overall == 0 && none.seen == 0 && none.novel == 0) }
  }

  @Test func `a class below 0 traps`() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = OpenWorldAccuracy.singleMatching(truth: [0, -1], predicted: [0, 0], seenClasses: [0])
    }
    expectTrapMessage(result, mentions: ["a class or cluster -1"])
  }
}

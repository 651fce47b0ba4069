import GroveKernels
@testable import GroveLearning
import GroveTensors
import TestSupport
import Testing

/// Cluster-given classes: alignment, threshold and table.
@Suite struct PseudoLabelTests {
  // MARK: - Alignment

  @Test func `C-16: clusters that labeled nodes need are fixed, the others share novel numbers`() {
    var counts = [Int](repeating: 0, count: 16)
    (counts[2 * 4 + 0], counts[2 * 4 + 1], counts[0 * 4 + 1]) = (5, 4, 1)
    let found = ClusterAlignment(counts: counts, count: 4)
    #expect(found.classOfCluster[2] == 0 && found.classOfCluster[0] == 1 && found.matched == 6)
    #expect(Set([found.classOfCluster[1], found.classOfCluster[3]]) == [2, 3])
    #expect(found == ClusterAlignment(counts: counts, count: 4))
  }

  @Test func `C-16: the whole counts, not the largest entry`() {
    let found = ClusterAlignment(counts: [5, 4, 4, 0], count: 2)
    #expect(found.classOfCluster == [1, 0] && found.matched == 8)
  }

  @Test(arguments: 0..<12) func `C-16: every alignment is a permutation`(seed: Int) {
    var random = TestRandom(seed)
    let count = 1 + seed % 6
    var counts = (0..<count * count).map { _ in Int.random(in: 0...3, using: &random) }
    for place in 0..<count { (counts[place], counts[place * count]) = (0, 0) }
    #expect(ClusterAlignment(counts: counts, count: count).classOfCluster.sorted() == (0..<Int32(count)).map { $0 })
    let zeros = ClusterAlignment(counts: counts.map { _ in 0 }, count: count)
    #expect(zeros.classOfCluster.sorted() == (0..<Int32(count)).map { $0 } && zeros.matched == 0)
  }

  @Test func `only known nodes decide, and classes follow their clusters`() {
    // Classes of nodes that are not known are never read.
    let clusters: [Int32] = [2, 2, 0, 0, 1, 1]
    let classes: [Int32] = [0, 0, 1, -1, -1, 99]
    let found = ClusterAlignment(clusters: clusters, classes: classes, known: [0, 1, 2], count: 3)
    #expect(found.classOfCluster == [1, 2, 0] && found.classes(of: clusters) == [0, 0, 1, 1, 2, 2])
  }

  // MARK: - Threshold

  @Test func `C-19: percentiles lie between two numbers by a line`() {
    let five: [Float] = [0.3, 0.1, 0.5, 0.2, 0.4]
    for (percent, wanted) in [(75, 0.4), (25, 0.2), (60, 0.34), (100, 0.5), (0, 0.1)] {
      #expect(abs(Percentile.linear(five, percent: Double(percent)) - wanted) < 1e-7)
    }
    #expect(abs(Percentile.linear([0.1, 0.2, 0.3, 0.4], percent: 75) - 0.325) < 1e-7)
    #expect(Percentile.linear([7], percent: 33) == 7)
  }

  private func table(
    percent: Double, distances: [Float], training: [Int32] = [], candidates: [Int32]? = nil, aligned: [Int32]? = nil
  ) -> PseudoLabels {
    PseudoLabels(
      aligned: aligned ?? distances.indices.map { Int32($0 % 2) }, distances: distances, percent: percent,
      truth: distances.indices.map { _ in 1 }, training: training,
      candidates: candidates ?? distances.indices.map { Int32($0) }, classCount: 2)
  }

  @Test func `C-19: the nearest are trusted, up to the threshold and including it`() {
    #expect(table(percent: 75, distances: [0.4, 0.2, 0.3, 0.1]).trusted == [3, 1, 2])
    #expect(table(percent: 100, distances: [0.4, 0.2, 0.3, 0.1]).trusted == [3, 1, 2, 0])
    #expect(table(percent: 50, distances: [0.5, 0.5, 0.5]).trusted == [0, 1, 2])
    #expect(abs(table(percent: 75, distances: [0.1, 0.2, 0.3, 0.4]).threshold - 0.325) < 1e-7)
  }

  @Test func `C-19: distances of all nodes make the threshold, candidates alone are trusted`() {
    // The near nodes 0 to 3 are no candidates but push the threshold down to theirs.
    let found = table(percent: 75, distances: [0.1, 0.1, 0.1, 0.1, 0.9], training: [0, 1], candidates: [4, 2])
    #expect(abs(found.threshold - 0.1) < 1e-7 && found.trusted == [2])
    #expect(found.classes == [1, 1, 0, -1, -1])
  }

  // MARK: - Table

  @Test func `C-20: training nodes keep their true class, and the table is as large as its parts`() {
    let found = table(percent: 60, distances: [0.1, 0.2, 0.3, 0.4, 0.5], training: [0, 4])
    #expect(found.classes == [1, 1, 0, -1, 1] && found.trusted == [1, 2])
    #expect(found.count == 4 && found.count == found.classes.count { $0 >= 0 })
    #expect(Set(found.trusted).isDisjoint(with: found.training))
  }

  @Test func `C-20: a new clustering makes a new table`() {
    let first = table(percent: 50, distances: [0.1, 0.2, 0.8, 0.9])
    let second = table(percent: 50, distances: [0.9, 0.8, 0.2, 0.1])
    #expect(first.trusted == [0, 1] && second.trusted == [3, 2])
    #expect(second.classes[0] == -1 && second.classes[1] == -1)
  }

  @Test func `C-20: alignment by training nodes alone changes names and nothing else`() {
    let clusters: [Int32] = [0, 0, 1, 1, 2, 2, 1, 0]
    let truth: [Int32] = [0, 0, 1, 0, 2, 2, 1, 1]
    let distances: [Float] = [0.1, 0.5, 0.2, 0.6, 0.3, 0.7, 0.4, 0.9]
    let (training, validation): ([Int32], [Int32]) = ([0, 2], [3, 6, 7])
    func made(known: [Int32]) -> PseudoLabels {
      let alignment = ClusterAlignment(clusters: clusters, classes: truth, known: known, count: 3)
      return PseudoLabels(
        aligned: alignment.classes(of: clusters), distances: distances, percent: 60, truth: truth, training: training,
        candidates: [1, 3, 4, 5, 6, 7], classCount: 3)
    }
    let (alone, both) = (made(known: training), made(known: training + validation))
    #expect(alone.threshold == both.threshold && alone.trusted == both.trusted && alone.training == both.training)
    for node in training { #expect(alone.classes[Int(node)] == truth[Int(node)]) }
    // Validation node 6 has its cluster's class, not its own by right: node 3, of true class 0, has none at all.
    #expect(alone.classes[6] == 1 && alone.classes[3] == -1)
  }

  @Test func `C-7: nodes without a class have numbers that nothing else has`() {
    let found = table(percent: 50, distances: [0.1, 0.2, 0.8, 0.9], training: [0])
    #expect(found.classes == [1, 1, -1, -1])
    let labels = found.batchClasses([3, 0, 2, 1])
    #expect(labels == [2, 1, 4, 1])
    #expect(Set([labels[0], labels[2]]).isDisjoint(with: [0, 1]) && labels[0] != labels[2])
  }

  @Test func `C-7: one node that is not trusted behaves as one with a class of its own`() {
    let first = TestInput(rows: 4, columns: 3, seed: 1).tensor().normalizedRows()
    let second = TestInput(rows: 4, columns: 3, seed: 2).tensor().normalizedRows()
    let contrast = TwoViewContrast(temperature: 0.7)
    let found = table(percent: 50, distances: [0.1, 0.2, 0.15, 0.9]).batchClasses([0, 1, 2, 3])
    #expect(found == [0, -1, 0, -1].enumerated().map { $1 < 0 ? Int32(2 + $0) : Int32($1) })
    let unlike = contrast(first, second, classes: [0, 77, 0, 99]).scalar
    #expect(contrast(first, second, classes: found).scalar == unlike)
  }

  @Test(arguments: [(0, "0.0 percent"), (1, "101.0 percent"), (2, "training node 0 is of class 5 of 2")])
  func `shares and classes out of range trap`(mistake: Int, message: String) async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) { [mistake] in
      _ = PseudoLabels(
        aligned: [0, 1], distances: [0.1, 0.2], percent: [0, 101, 50][mistake], truth: [5, 5], training: [0],
        candidates: [1], classCount: 2)
    }
    expectTrapMessage(result, mentions: [message])
  }
}

import GroveKernels
import TestSupport
import Testing

/// The steps of neighbor sampling against what they mean.
@Suite("Sampling kernels")
struct SamplingKernelTests {
  static let index = TestGraphs.index(rowCount: 40, columnCount: 40, entryCount: 500, seed: 3)
  static let targets: [Int32] = [7, 0, 39, 0, 12, 3]

  private func degree(_ node: Int32) -> Int { Int(Self.index.offsets[Int(node) + 1] - Self.index.offsets[Int(node)]) }

  @Test("Edges are drawn from their row, in order, as many as there are or are wanted", arguments: [-1, 1, 3, 10, 100])
  func drawnEdges(fanout: Int) {
    for isReplacing in [false, true] {
      let (offsets, edges) = Kernels.drawEdges(
        offsets: Self.index.offsets, into: Self.targets, fanout: fanout, isReplacing: isReplacing,
        using: RandomStream(seed: 5))
      #expect(offsets.count == Self.targets.count + 1 && offsets.last == Int64(edges.count))
      for (row, target) in Self.targets.enumerated() {
        let drawn = Array(edges[Int(offsets[row])..<Int(offsets[row + 1])])
        let range = Self.index.offsets[Int(target)]..<Self.index.offsets[Int(target) + 1]
        let degree = degree(target)
        let wanted = fanout < 0 ? degree : isReplacing ? (degree == 0 ? 0 : fanout) : min(fanout, degree)
        #expect(drawn.count == wanted && drawn.allSatisfy(range.contains) && drawn == drawn.sorted())
        if !isReplacing || fanout < 0 { #expect(Set(drawn).count == drawn.count) }
      }
      // The same node gets the same edges wherever it stands.
      #expect(edges[Int(offsets[1])..<Int(offsets[2])] == edges[Int(offsets[3])..<Int(offsets[4])])
    }
  }

  @Test("Every edge of a row is drawn equally often")
  func drawsAreUniform() {
    let offsets: [Int64] = [0, 12]
    var counts = [Int](repeating: 0, count: 12)
    let draws = 20_000
    for seed in 0..<draws {
      let (_, edges) = Kernels.drawEdges(
        offsets: offsets, into: [0], fanout: 5, isReplacing: false, using: RandomStream(seed: UInt64(seed)))
      for edge in edges { counts[Int(edge)] += 1 }
    }
    // A count has a deviation of √(draws · 5/12 · 7/12) ≈ 70.
    let mean = Double(draws) * 5 / 12
    #expect(counts.allSatisfy { abs(Double($0) - mean) < 350 }, "\(counts)")
  }

  @Test("Rows are numbered as nodes appear, and anew after finish")
  func numbering() {
    var numbering = RowNumbering(nodeCount: 9)
    #expect(numbering.rows(of: [4, 2, 4, 8]) == [0, 1, 0, 2])
    #expect(numbering.rows(of: [8, 0]) == [2, 3])
    #expect(numbering.rows(of: []) == [])
    #expect(numbering.finish() == [4, 2, 8, 0])
    #expect(numbering.rows(of: [0, 4]) == [0, 1])
    #expect(numbering.finish() == [0, 4])
    #expect(numbering.finish() == [])
  }

  @Test("Numbers are picked by place")
  func picking() {
    #expect(Kernels.picked([5, 6, 7] as [Int32], at: [2, 0, 2]) == [7, 5, 7])
  }

  @Test("Weights in the order of the transpose belong to its entries")
  func turnedWeights() {
    let aggregation = Aggregation(incoming: Self.index, sourceCount: 40)
    let weights = EdgeWeights((0..<Self.index.entryCount).map { Float($0) })
    let turned = weights.outgoing(of: aggregation)
    #expect(turned == aggregation.outgoing.positions?.map { Float($0) })
    #expect(turned != weights.values)
  }

  @Test("Work is counted, and limits are above zero")
  func work() {
    let before = KernelWork.done
    let a = FloatBuffer(count: 6, zeroed: true)
    Kernels.matrixMultiply(a, a, m: 2, n: 2, k: 3, into: FloatBuffer(count: 4), adding: false)
    let done = KernelWork.done - before
    // Other tests may have been at work as well.
    #expect(done.operations >= 24)
    let limits = MachineLimits(operationsPerSecond: 10, bytesPerSecond: 4)
    #expect(KernelWork(operations: 20, bytes: 8).seconds(within: limits) == 4)
    let measured = MachineLimits.measured(mebibytes: 4, size: 64)
    #expect(measured.operationsPerSecond > 0 && measured.bytesPerSecond > 0)
  }
}

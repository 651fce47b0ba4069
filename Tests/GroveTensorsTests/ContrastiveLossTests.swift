import Foundation
import GroveTensors
import TestSupport
import Testing

/// The contrastive loss against a slow reference, and the conformance values of `specs/openima.md` section 4.
@Suite("Contrastive loss")
struct ContrastiveLossTests {
  private static func slow(
    _ a: Matrix, _ b: Matrix, _ classes: [Int32], _ candidateClasses: [Int32], _ temperature: Double,
    _ excludingSelf: Bool
  ) -> Matrix {
    var (total, used) = (0.0, 0.0)
    for i in 0..<a.rows {
      let others = (0..<b.rows).filter { !(excludingSelf && $0 == i) }
      let scores = others.map { j in (0..<a.columns).reduce(0) { $0 + a[i, $1] * b[j, $1] } / temperature }
      let largest = scores.max() ?? 0
      let logSum = largest + log(scores.reduce(0) { $0 + exp($1 - largest) })
      let positives = zip(others, scores).filter { candidateClasses[$0.0] == classes[i] }
      guard !positives.isEmpty else { continue }
      used += 1
      total -= positives.reduce(0) { $0 + $1.1 - logSum } / Double(positives.count)
    }
    return Matrix(rows: 1, columns: 1).mapped { _, _, _ in used > 0 ? total / used : 0 }
  }

  @Test("Anchors against candidates, whatever the rows of a block", arguments: [1, 2, 7, 40], [1, 3, 256])
  func againstCandidates(rows: Int, blockRows: Int) {
    let inputs = [TestInput(rows: rows, columns: 4, seed: 1), TestInput(rows: rows + 3, columns: 4, seed: 2)]
    // Class 9 has no candidate: such anchors are left out.
    let classes = (0..<rows).map { $0 % 5 == 4 ? Int32(9) : Int32($0 % 3) }
    let candidateClasses = (0..<rows + 3).map { Int32($0 % 3) }
    expectOperation(
      inputs, slow: { Self.slow($0[0], $0[1], classes, candidateClasses, 0.5, false) },
      fast: {
        $0[0].contrastiveLoss(
          against: $0[1], classes: classes, candidateClasses: candidateClasses, temperature: 0.5, blockRows: blockRows)
      })
  }

  @Test("Rows against themselves without themselves", arguments: [2, 7, 40], [1, 3, 256])
  func againstThemselves(rows: Int, blockRows: Int) {
    let classes = (0..<rows).map { Int32($0 % 3) }
    expectOperation(
      [TestInput(rows: rows, columns: 4, seed: 3)], slow: { Self.slow($0[0], $0[0], classes, classes, 0.7, true) },
      fast: {
        $0[0].contrastiveLoss(
          against: $0[0], classes: classes, candidateClasses: classes, temperature: 0.7, excludingSelf: true,
          blockRows: blockRows)
      })
  }

  @Test("Blocks of 1, 3 and 256 rows give the same loss and gradients")
  func blocksAgree() throws {
    let x = TestInput(rows: 300, columns: 8, seed: 4)
    let classes = (0..<300).map { Int32($0 % 7) }
    let results = try [1, 3, 256].map { blockRows in
      let leaf = x.tensor()
      let loss = leaf.contrastiveLoss(
        against: leaf, classes: classes, candidateClasses: classes, temperature: 0.3, excludingSelf: true,
        blockRows: blockRows)
      return (loss.scalar, try #require(loss.backward()[leaf]).values)
    }
    for (loss, gradient) in results.dropFirst() {
      #expect(abs(loss - results[0].0) <= 1e-6 * results[0].0)
      #expect(difference(gradient, results[0].1) <= 2e-5)
    }
  }

  @Test("No anchor has a positive: the loss is 0 and so is every gradient")
  func noPositives() throws {
    let x = Tensor([[1, 2], [3, 4]], requiresGradient: true)
    let loss = x.contrastiveLoss(
      against: x, classes: [0, 1], candidateClasses: [0, 1], temperature: 0.1, excludingSelf: true)
    #expect(loss.scalar == 0)
    #expect(try #require(loss.backward()[x]).values == [0, 0, 0, 0])
    let one = Tensor([[1, 2]], requiresGradient: true)
    let alone = one.contrastiveLoss(
      against: one, classes: [0], candidateClasses: [0], temperature: 0.1, excludingSelf: true)
    #expect(alone.scalar == 0)
    #expect(try #require(alone.backward()[one]).values == [0, 0])
  }

  /// The loss of two views stacked, as OpenIMA writes it, without the factor τ / 0.07.
  private func plain(_ views: [[Float]], _ classes: [Int32], _ temperature: Float) -> (loss: Float, gradient: [Float]) {
    let x = Tensor(views, requiresGradient: true)
    let loss = x.contrastiveLoss(
      against: x, classes: classes, candidateClasses: classes, temperature: temperature, excludingSelf: true)
    return (loss.scalar, loss.backward()[x]!.values)
  }

  @Test("C-1: InfoNCE of two orthogonal nodes with identical views")
  func conformance1() {
    let views: [[Float]] = [[1, 0], [0, 1], [1, 0], [0, 1]]
    #expect(difference([plain(views, [0, 1, 0, 1], 0.7).loss], [0.39157040417]) <= 1e-4)
    #expect(difference([plain(views, [0, 1, 0, 1], 1).loss], [0.55144471393]) <= 1e-4)
    // A difference of two numbers of size 14 in float: what is left is rounding.
    #expect(abs(Double(plain(views, [0, 1, 0, 1], 0.07).loss) - 1.24975e-6) <= 14 * 1.2e-7)
  }

  @Test("C-2: both nodes of one class")
  func conformance2() {
    let views: [[Float]] = [[1, 0], [0, 1], [1, 0], [0, 1]]
    #expect(difference([plain(views, [0, 0, 0, 0], 0.7).loss], [1.34395135656]) <= 1e-4)
    let x = Tensor(views)
    for anchor in 0..<4 {
      // One anchor alone: the others get a class that no candidate has.
      let classes = (0..<4).map { $0 == anchor ? 0 : Int32(100 + $0) }
      let loss = x.contrastiveLoss(
        against: x, classes: classes, candidateClasses: [0, 0, 0, 0], temperature: 0.7, excludingSelf: true)
      #expect(difference([loss.scalar], [1.34395135656]) <= 1e-4, "anchor \(anchor)")
    }
  }

  private let threeNodes: [[Float]] = [[1, 0], [0.6, 0.8], [-1, 0], [0.6, 0.8], [1, 0], [-1, 0]]

  @Test("C-3: two nodes of one class and a third")
  func conformance3() {
    let labels: [Int32] = [0, 0, 5, 0, 0, 5]
    #expect(difference([plain(threeNodes, labels, 0.7).loss], [0.8979012852]) <= 1e-4)
    #expect(difference([plain(threeNodes, [0, 1, 2, 0, 1, 2], 0.7).loss], [1.0248854121]) <= 1e-4)
    let perAnchor = [1.1893467101, 1.2280383740, 0.2763187714, 1.2280383740, 1.1893467101, 0.2763187714]
    for (anchor, wanted) in perAnchor.enumerated() {
      // One anchor alone: the others get a class that no candidate has.
      let classes = (0..<6).map { $0 == anchor ? labels[$0] : Int32(100 + $0) }
      let x = Tensor(threeNodes)
      let loss = x.contrastiveLoss(
        against: x, classes: classes, candidateClasses: labels, temperature: 0.7, excludingSelf: true)
      #expect(difference([loss.scalar], [wanted]) <= 1e-4, "anchor \(anchor)")
    }
  }

  @Test("C-4: the gradient of C-3 for the first vector")
  func conformance4() {
    let gradient = plain(threeNodes, [0, 0, 5, 0, 0, 5], 0.7).gradient
    #expect(difference(Array(gradient[..<2]), [-0.0289046072, -0.0658934176]) <= 1e-4)
  }

  @Test("C-5: equal vectors of unique labels cost ln(2b − 1) at every temperature", arguments: [Float(0.07), 0.7, 1])
  func conformance5(temperature: Float) {
    for (nodes, wanted) in [(4, 1.9459101491), (2048, 8.3175219963)] {
      let x = Tensor([[Float]](repeating: [0.6, 0.8], count: 2 * nodes))
      let classes = (0..<Int32(2 * nodes)).map { $0 % Int32(nodes) }
      let loss = x.contrastiveLoss(
        against: x, classes: classes, candidateClasses: classes, temperature: temperature, excludingSelf: true)
      #expect(difference([loss.scalar], [wanted]) <= 1e-4)
    }
  }

  @Test("C-6: invariant to node order, names of labels, the two views and a rotation; finite at τ = 0.01")
  func conformance6() {
    let labels: [Int32] = [0, 0, 5, 0, 0, 5]
    let wanted = Double(plain(threeNodes, labels, 0.7).loss)
    func same(_ views: [[Float]], _ labels: [Int32]) {
      #expect(difference([plain(views, labels, 0.7).loss], [wanted]) <= 1e-6)
    }
    let order = [2, 0, 1, 5, 3, 4]
    same(order.map { threeNodes[$0] }, order.map { labels[$0] })
    same(threeNodes, labels.map { $0 == 5 ? 1 : 8 })
    same(Array(threeNodes[3...] + threeNodes[..<3]), labels)
    same(threeNodes.map { [0.28 * $0[0] - 0.96 * $0[1], 0.96 * $0[0] + 0.28 * $0[1]] }, labels)
    let sharp = plain(threeNodes, labels, 0.01)
    #expect(sharp.loss.isFinite && sharp.gradient.allSatisfy(\.isFinite))
  }

  @Test("C-8: normalised logits and cross-entropies")
  func conformance8() {
    let logits = Tensor([[0.6, 0.8, 0.9]])
    #expect(difference(logits.normalizedRows().values, [0.4459764877, 0.5946353170, 0.6689647316]) <= 1e-4)
    #expect(difference([logits.crossEntropy([1]).scalar], [1.0729189131]) <= 1e-4)
    let uniform = Tensor([Float](repeating: 0.3, count: 15), rows: 1, columns: 15)
    #expect(difference([uniform.crossEntropy([4]).scalar], [2.7080502011]) <= 1e-4)
  }

  @Test("Classes that do not match the rows trap", arguments: 0..<3)
  func mistakesTrap(mistake: Int) async {
    await #expect(processExitsWith: .failure) { [mistake] in
      let x = Tensor([[1, 2], [3, 4]])
      _ = x.contrastiveLoss(
        against: mistake == 0 ? Tensor([[1], [2]]) : mistake == 1 ? x : Tensor([[1, 2]]),
        classes: mistake == 1 ? [0] : [0, 1], candidateClasses: mistake == 2 ? [0] : [0, 1], temperature: 1,
        excludingSelf: mistake == 2)
    }
  }
}

import GroveLearning
import Testing

/// Which epoch is kept.
@Suite struct EpochSelectionTests {
  @Test func `C-24: silhouette and accuracy count alike`() {
    let found = EpochSelection(silhouettes: [0.10, 0.30, 0.20], accuracies: [0.9, 0.6, 0.8])
    #expect(zip(found.scores, [0.5, 0.5, 0.58333333]).allSatisfy { abs($0 - $1) < 1e-8 })
    #expect(found.best == 2)
  }

  @Test func `C-24: the later of two equal epochs wins`() {
    #expect(EpochSelection(silhouettes: [0.1, 0.3, 0.1], accuracies: [0.2, 0.6, 0.2]).best == 1)
    #expect(EpochSelection(silhouettes: [0.1, 0.3, 0.3, 0.2], accuracies: [0.2, 0.6, 0.6, 0.2]).best == 2)
    #expect(EpochSelection(silhouettes: [0, 1], accuracies: [1, 0]).best == 1)
  }

  @Test func `C-24: a measure that never changes counts 0`() {
    let found = EpochSelection(silhouettes: [-1, -1, -1], accuracies: [0.5, 0.7, 0.6])
    #expect(zip(found.scores, [0, 0.5, 0.25]).allSatisfy { abs($0 - $1) < 1e-12 } && found.best == 1)
    #expect(
      EpochSelection(silhouettes: [0.2, 0.2], accuracies: [0.5, 0.5])
        == EpochSelection(
          silhouettes: [1, 1], accuracies: [0, 0]))
    #expect(EpochSelection(silhouettes: [0.3], accuracies: [0.4]).best == 0)
    #expect(EpochSelection(silhouettes: [], accuracies: []).best == nil)
  }

  @Test func `silhouettes all below 0 are scaled by their own largest`() {
    let found = EpochSelection(silhouettes: [-0.4, -0.2], accuracies: [0.5, 0.5])
    #expect(found.scores == [0, 0.5] && found.best == 1)
  }
}

import GroveKernels
import Testing

@testable import GroveGraphs

struct RefreshPeriodTests {
  private typealias Progress = NegativeRequest.Progress

  @Test(arguments: [
    // Steps, epochs; the search before; now; whether it is over.
    (12, 0, Progress(step: 4, epoch: 0), Progress(step: 15, epoch: 3), false),
    (12, 0, Progress(step: 4, epoch: 0), Progress(step: 16, epoch: 0), true),
    (2000, 1, Progress(step: 0, epoch: 0), Progress(step: 11, epoch: 0), false),
    (2000, 1, Progress(step: 0, epoch: 0), Progress(step: 12, epoch: 1), true),
    (2000, 3, Progress(step: 0, epoch: 0), Progress(step: 24, epoch: 2), false),
    (2000, 3, Progress(step: 0, epoch: 0), Progress(step: 36, epoch: 3), true),
    (5, 3, Progress(step: 0, epoch: 0), Progress(step: 5, epoch: 0), true),
    (0, 1, Progress(step: 0, epoch: 0), Progress(step: 900, epoch: 9), false),
    // A training that begins anew.
    (2000, 1, Progress(step: 20, epoch: 2), Progress(step: 0, epoch: 0), true),
  ])
  func `A search is due after steps or epochs, whichever is sooner`(
    steps: Int, epochs: Int, last: NegativeRequest.Progress, now: NegativeRequest.Progress, isOver: Bool
  ) {
    #expect(RefreshPeriod(steps: steps, epochs: epochs).isOver(since: last, at: now) == isOver)
  }

  /// The only negative that ANCE or AOBPR has for anchor 0, under scores that prefer one candidate.
  private func drawn(
    _ sampler: any NegativeSampler, favorite: Int, at progress: NegativeRequest.Progress
  ) throws -> Int32 {
    var candidates: [Float] = [0, 0.1, 0.2, 0.3]
    candidates[favorite] = 5
    let scorer = EmbeddingScorer(anchors: [1, 1, 1, 1], candidates: candidates, width: 1)
    let request = NegativeRequest(
      anchors: [0], positives: [1], count: 1, scorer: scorer, progress: progress, random: RandomStream(seed: 1))
    return try sampler.sample(for: request).ids[0]
  }

  @Test(arguments: ["ance:top=1", "aobpr:spread=0.000001"])
  func `Scores of a new epoch are looked at unless steps alone decide`(named: String) throws {
    let words = named.split(separator: ":").map(String.init)
    let recipe = try NegativeCatalogue.recipe(named: words[0])
    let setting = NegativeData.setting(NegativeData.path, isSquare: true)
    for (more, expected) in [([], Int32(2)), (["refresh-epochs=0"], 3), (["refresh-epochs=2"], 3), (["refresh=0"], 3)] {
      let sampler = try recipe.sampler(on: setting, words: Array(words.dropFirst()) + more)
      #expect(try drawn(sampler, favorite: 3, at: Progress(step: 0, epoch: 0)) == 3)
      #expect(try drawn(sampler, favorite: 2, at: Progress(step: 7, epoch: 0)) == 3)
      #expect(try drawn(sampler, favorite: 2, at: Progress(step: 8, epoch: 1)) == expected, "\(more)")
    }
  }
}

import TestSupport
import Testing

/// Accuracy of link training on published links.
@Suite(.enabled(if: SharedData.isPresent)) struct LinkAccuracyTests {
  @Test func `learned rows on GR-QC and its published negatives`() throws {
    let scratch = try ScratchFolder()
    let result = try succeed([
      "samplers", "compare", SharedData.graph("arxiv-grqc-lp"), "--samplers", "uniform,unigram", "--runs", "2",
      "--epochs", "6", "--out", scratch.file("page.html"),
    ])
    let samplers = try #require(result["samplers"] as? [[String: Any]])
    // Uniform draws are hidden positives as often as the specification's section 5.3 says; degrees double that.
    for (sampler, rate) in zip(samplers, [0.00072, 0.00153]) {
      let test = try #require(sampler["test"] as? [String: Double])
      #expect(test["auc"] ?? 0 > 0.77, "\(test)")
      #expect(abs((sampler["falseNegativeRate"] as? Double ?? 0) / rate - 1) < 0.25, "\(sampler)")
    }
  }

  @Test func `DeepWalk and an encoder with learned features on GR-QC and its published negatives`() throws {
    let scratch = try ScratchFolder()
    func auc(_ words: [String]) throws -> Double {
      let run = scratch.file(words[0])
      let result = try succeed(
        ["train", SharedData.graph("arxiv-grqc-lp"), "--task", "links", "--out", run, "--no-report", "--model"] + words)
      return result.numbers("test")["auc"] ?? 0
    }
    // One run stored with the code of MCNS has .734 (specification, section 5.4).
    #expect(try auc(["deepwalk", "--epochs", "1", "--method-options", "walks=3"]) > 0.78)
    #expect(try auc(["lightgcn", "--epochs", "12"]) > 0.8)
  }
}

import GroveGraphs
import GroveKernels
import GroveLayers
import GroveLearning
import GroveStore
import TestSupport
import Testing

/// Accuracy of link training on published links.
@Suite(.enabled(if: SharedData.isPresent)) struct LinkAccuracyTests {
  @Test func `DeepWalk on GR-QC with its published negatives`() throws {
    let split = try LinkFiles(path: SharedData.graph("arxiv-grqc-lp")).split
    let count = split.ends.sourceCount
    let edges = split.training.bothWays()
    let rows = SparseRows.grouping(
      rows: edges.sources, columns: edges.targets, rowCount: count, columnCount: count
    ).rows
    let filter = NegativeFilter([rows], anchorCount: count, candidateCount: count, excludesSelf: true)
    let setting = NegativeSetting(
      positives: filter.excluded, isSquare: true, filter: filter, random: RandomStream(seed: 0))
    let model = LinkModel(
      encoder: TableEncoder(nodeCount: count, width: 64, hasContexts: true, from: Initializer(seed: 0)),
      decoder: DotDecoder())
    let messages = try MessageGraph(of: split)
    let training = try LinkTraining(
      model, on: split,
      objective: LinkObjective(
        positives: WalkPositives(on: messages.graph, steps: 20, perNode: 4, window: 5),
        sampler: NegativeCatalogue.recipe(named: "unigram").sampler(on: setting), count: 5,
        loss: NegativeLoss(.skipGram), batchSize: 16_384),
      optimizer: OptimizerKind.adam.make(for: model.parameters()), seed: 0)
    for epoch in 1...3 { _ = try training.epoch(epoch, learningRate: 0.01) }
    let scores = try LinkEvaluator(split).metrics(of: model, on: training.graph, part: .test)
    #expect(scores["auc"] ?? 0 >= 0.73, "\(scores)")
  }
}

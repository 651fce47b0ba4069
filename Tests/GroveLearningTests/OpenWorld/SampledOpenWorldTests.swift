import Foundation
import GroveGraphs
import GroveKernels
@testable import GroveLayers
@testable import GroveLearning
import GroveTensors
import TestSupport
import Testing

/// Open-world training on sampled neighborhoods.
@Suite struct SampledOpenWorldTests {
  private let graph = SmallGraph.planted()

  @Test func `with all neighbors the loss is that of exact ones, and how little views of likes agree`() throws {
    let exact = try MadeMethod("openima", graph)
    let sampled = try MadeMethod("openima", graph) { $0.fanouts = [-1, -1] }
    let seeds: [Int32] = [9, 0, 45, 22, 71]
    func loss(_ made: MadeMethod) throws -> (whole: Double, views: [(rows: Matrix, chances: Matrix)]) {
      _ = try made.trainer.settle(made.model.network, made.trainer.problem, epoch: 1)
      let method = try #require(made.model.network.method as? OpenIMA)
      let step = made.step(seeds, epoch: 2)
      let whole = Pass.training(seed: 1, step: 1) { Double(method.loss(of: step).scalar) }
      let views = Pass.training(seed: 1, step: 1) {
        [step.view(), step.view()].map { view -> (rows: Matrix, chances: Matrix) in
          let rows = step.batch(of: view)
          return (rows.matrix, Slow.softmax(method.head(rows).matrix, logarithm: false))
        }
      }
      return (whole, views)
    }
    let (plain, views) = try loss(exact)
    let more = try loss(sampled).whole - plain
    let expected = seeds.indices.reduce(0.0) { total, i in
      let others = seeds.indices.filter { $0 != i }
      let nearest = others.max {
        Slow.cosine(views[0].rows.row(i), views[0].rows.row($0))
          < Slow.cosine(views[0].rows.row(i), views[0].rows.row($1))
      }
      let chance = zip(views[0].chances.row(i), views[1].chances.row(nearest ?? 0)).reduce(0.0) { $0 + $1.0 * $1.1 }
      return total - Slow.logarithm(chance) / Double(seeds.count)
    }
    #expect(expected > 0.5 && abs(more - expected) <= 1e-4 * plain)
  }

  @Test func `the head predicts, clusters do not`() throws {
    let model = try graph.openWorldTrainer { $0.fanouts = [3, 2] }.train(in: nil).model
    let method = try #require(model.network.method as? OpenIMA)
    let embeddings = model.network.embeddings(on: model.problem.graph)
    let logits = Pass.evaluation { method.head(embeddings) }.matrix
    let largest = (0..<logits.rows).map { row in
      logits.row(row).indices.max { logits[row, $0] < logits[row, $1] } ?? 0
    }
    #expect(model.predictions().classes == largest.map { [$0] })
  }

  @Test func `evaluation sees every edge: the same weights, the same predictions, whatever the fanouts`() throws {
    let scratch = try ScratchFolder()
    let folder = RunFolder(scratch.file("run"))
    try folder.create(overwriting: false)
    let trainer = try graph.openWorldTrainer { $0.fanouts = [1, 1] }
    let first = try trainer.train(in: folder).model.predictions()
    let again = try trainer.trained(in: folder)
    #expect(again.predictions() == first && again.predictions() == first)
    let rows = again.network.embeddings(on: again.problem.graph).values
    let whole = Pass.evaluation {
      again.network.encoder(again.network.features.features(of: nil), on: again.problem.graph)
    }
    #expect(rows == whole.values)
  }

  @Test func `one seed gives the same bytes on 1, 2 and 3 threads, and after a stop`() throws {
    let scratch = try ScratchFolder()
    let change: (inout TrainingConfiguration) -> Void = { ($0.fanouts, $0.batch) = ([4, 3], 50) }
    var files: [FileContents] = []
    try ThreadCounts.forEach([1, 2, 3]) { count in
      let folder = RunFolder(scratch.file("\(count)"))
      try folder.create(overwriting: false)
      _ = try graph.openWorldTrainer(nil, change).train(in: folder)
      files.append(FileContents(folder.lastPath))
    }
    let cut = RunFolder(scratch.file("cut"))
    try cut.create(overwriting: false)
    var epoch = 0
    #expect(throws: TrainingFailure.self) {
      try graph.openWorldTrainer(nil, change).train(
        in: cut, progress: { epoch = $0.epoch }, shouldStop: { epoch == 2 })
    }
    #expect(try graph.openWorldTrainer(nil, change).train(in: cut).resumedFromEpoch == 2)
    files.append(FileContents(cut.lastPath))
    #expect(files[0].isPresent && files.allSatisfy { $0 == files[0] })
  }

  @Test func `a long epoch is left where no more than it is lost, and the run goes on to the same bytes`() throws {
    let scratch = try ScratchFolder()
    let change: (inout TrainingConfiguration) -> Void = {
      ($0.fanouts, $0.batch, $0.checkpointEvery) = ([4, 3], 20, 1)
    }
    let (whole, cut) = (RunFolder(scratch.file("whole")), RunFolder(scratch.file("cut")))
    for folder in [whole, cut] { try folder.create(overwriting: false) }
    _ = try graph.openWorldTrainer(nil, change).train(in: whole)
    // Four steps an epoch, the end of which asks too: the eighth question is asked after the third step of epoch 2.
    var questions = 0
    #expect(throws: TrainingFailure.interrupted(path: cut.path, epoch: 1)) {
      try graph.openWorldTrainer(nil, change).train(
        in: cut,
        shouldStop: {
          questions += 1
          return questions == 8
        })
    }
    #expect(try graph.openWorldTrainer(nil, change).train(in: cut).resumedFromEpoch == 1)
    #expect(FileContents(whole.lastPath).isPresent && FileContents(whole.lastPath) == FileContents(cut.lastPath))
  }

  @Test func `C-30: a step draws at most as many edges into a node as the fanout of its hop`() throws {
    let trainer = try graph.openWorldTrainer { $0.fanouts = [4, 2] }
    let sampler = NeighborSampler(trainer.problem.graph, fanouts: [4, 2])
    func batch(_ number: Int) -> OpenWorldBatch {
      OpenWorldBatch(
        number: number, nodes: [3, 70], training: trainer.problem.training, sampler: sampler,
        random: RandomStream(seed: 1))
    }
    let (first, second) = (batch(0), batch(1))
    #expect(Array(first.blocks[1].sourceIDs?.prefix(2) ?? []) == [3, 70], "seeds come first")
    for (block, fanout) in zip(first.blocks, [2, 4]) {
      let degrees = (0..<block.targetCount).map {
        Int(block.aggregation.incoming.offsets[$0 + 1] - block.aggregation.incoming.offsets[$0])
      }
      #expect(degrees.allSatisfy { $0 <= fanout } && degrees.contains { $0 == fanout })
    }
    #expect(first.blocks[1].sourceIDs != second.blocks[1].sourceIDs, "training nodes see other neighbors in each step")
  }

  @Test(arguments: OpenWorldCatalogue.recipes.map(\.name))
  func `every method learns from sampled neighborhoods`(method: String) throws {
    let large = SmallGraph.planted(size: 40, labeled: 10)
    let layers = try MadeMethod(method, large).model.network.encoder.blockCount
    let trainer = try large.openWorldTrainer {
      ($0.method, $0.epochs, $0.batch) = (method, 3, 64)
      $0.fanouts = [Int](repeating: 5, count: layers)
    }
    let result = try trainer.train(in: nil).result
    #expect(result.epochs == 3 && (result.test["overall"] ?? 0) > 0.25)
  }

  @Test func `well separated classes are found from a few neighbors`() throws {
    let graph = SmallGraph.planted(classes: 6, size: 60, labeled: 10, width: 24)
    let trainer = try graph.openWorldTrainer {
      ($0.epochs, $0.hidden, $0.heads, $0.outputHeads, $0.batch) = (20, 32, 4, 4, 120)
      $0.fanouts = [5, 5]
    }
    #expect(try trainer.train(in: nil).result.test["overall"] ?? 0 >= 0.9)
  }

  @Test func `fanouts that do not fit the encoder are an error that says what fits`() throws {
    #expect {
      try graph.openWorldTrainer { $0.fanouts = [5] }
    } throws: {
      "\($0)".contains("fanouts has 1 number, the encoder of openima has 2 layers")
    }
  }
}

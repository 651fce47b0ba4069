import GroveGraphs
import GroveKernels
import GroveLayers
@testable import GroveLearning
import TestSupport
import Testing

/// Runs of the baselines: they learn, give equal bytes, leak nothing and go on.
@Suite struct BaselineTrainingTests {
  private static let methods = [
    "infonce", "infonce-supcon", "infonce-supcon-ce", "orca", "orca-zm", "gcd", "simgcd",
  ]
  private let graph = SmallGraph.planted()

  private func train(
    _ method: String, _ graph: SmallGraph, in path: String,
    _ change: (inout TrainingConfiguration) -> Void = { _ in }
  ) throws -> (result: RunResult, model: OpenWorldModel, folder: RunFolder) {
    let folder = RunFolder(path)
    try folder.create(overwriting: false)
    let done = try graph.openWorldModel(method, [], change).trainer.train(in: folder)
    return (done.result, done.model, folder)
  }

  private func same(_ a: RunFolder, _ b: RunFolder) -> Bool {
    [\RunFolder.bestPath, \.lastPath].allSatisfy {
      !bytes(a[keyPath: $0]).isEmpty && bytes(a[keyPath: $0]) == bytes(b[keyPath: $0])
    }
  }

  /// Enough steps for heads to settle.
  private static func learns(_ configuration: inout TrainingConfiguration) {
    (configuration.epochs, configuration.batch, configuration.lr) = (20, 40, 0.003)
    (configuration.hidden, configuration.heads, configuration.outputHeads) = (32, 4, 4)
    (configuration.dropout, configuration.attentionDropout) = (0.2, 0.2)
  }

  @Test(arguments: methods) func `training improves over its start`(method: String) throws {
    let scratch = try ScratchFolder()
    let graph = SmallGraph.weaklyPlanted()
    let (trainer, model) = try graph.openWorldModel(method, [], Self.learns)
    let embeddings = try trainer.settle(model.network, trainer.problem, epoch: 0)
    let start = model.evaluation(of: .test, predicted: model.predicted(embeddings)).byName
    let trained = try train(method, graph, in: scratch.file("run"), Self.learns)
    // Labels place the clusters of GCD from the start, and on so small a graph it learns the seen classes at the expense
    // of the novel ones.
    let measure = method == "gcd" ? "seen" : "overall"
    let (before, after) = try (#require(start[measure]), #require(trained.result.test[measure]))
    #expect(after > before && after >= 0.6, "\(before) before, \(after) after")
    let losses = try log(trained.folder).map(\.loss)
    #expect(try #require(losses.last) < losses[0], "\(losses)")
  }

  @Test(arguments: methods) func `C-29: well separated classes are found, random ones are not`(method: String) throws {
    func overall(isRandom: Bool) throws -> Double {
      let graph = SmallGraph.planted(classes: 6, size: 40, labeled: 8, width: 24, isRandom: isRandom)
      let trainer = try graph.openWorldModel(method, [], Self.learns).trainer
      return try trainer.train(in: nil).result.test["overall"] ?? 0
    }
    #expect(try overall(isRandom: false) >= 0.95)
    #expect(try overall(isRandom: true) < 0.35)
  }

  @Test(arguments: methods) func `C-27: one seed gives the same bytes on 1, 2 and 3 threads`(method: String) throws {
    let scratch = try ScratchFolder()
    let large = SmallGraph.planted(size: 150, labeled: 20)
    var folders: [RunFolder] = []
    try ThreadCounts.forEach([1, 2, 3]) { count in
      folders.append(
        try train(method, large, in: scratch.file("\(count)")) { ($0.batch, $0.epochs) = (400, 2) }.folder)
    }
    #expect(same(folders[0], folders[1]) && same(folders[0], folders[2]))
  }

  @Test(arguments: methods) func `C-27: a run that was stopped goes on to the same bytes`(method: String) throws {
    let scratch = try ScratchFolder()
    let whole = try train(method, graph, in: scratch.file("whole")) { $0.epochs = 3 }
    let folder = RunFolder(scratch.file("cut"))
    try folder.create(overwriting: false)
    func trainer() throws -> OpenWorldTrainer { try graph.openWorldModel(method) { $0.epochs = 3 }.trainer }
    var epoch = 0
    #expect(throws: TrainingFailure.interrupted(path: folder.path, epoch: 2)) {
      try trainer().train(in: folder, progress: { epoch = $0.epoch }, shouldStop: { epoch == 2 })
    }
    let rest = try trainer().train(in: folder)
    #expect(rest.resumedFromEpoch == 2 && same(whole.folder, folder))
    #expect(rest.result.test == whole.result.test)
    let again = try trainer().trained(in: folder)
    #expect(again.predictions().classes == whole.model.predictions().classes)
  }

  @Test(arguments: methods) func `other labels of test nodes change no weight and no prediction`(
    method: String
  ) throws {
    let scratch = try ScratchFolder()
    let first = try train(method, graph, in: scratch.file("1")) { $0.epochs = 3 }
    let test = graph.splits[0].test
    let turned = graph.relabeled { classes in
      let moved = test.map { classes[Int($0)] }
      for (place, node) in test.enumerated() { classes[Int(node)] = moved[(place * 7 + 3) % moved.count] }
    }
    let second = try train(method, turned, in: scratch.file("2")) { $0.epochs = 3 }
    #expect(same(first.folder, second.folder))
    #expect(first.model.predictions().probabilities == second.model.predictions().probabilities)
    #expect(first.result.validation == second.result.validation && first.result.test != second.result.test)
  }

  @Test(arguments: methods) func `how classes are numbered changes nothing`(method: String) throws {
    let scratch = try ScratchFolder()
    let first = try train(method, graph, in: scratch.file("1")) { $0.epochs = 2 }
    let names: [Int32] = [1, 0, 3, 2]
    let renamed = graph.relabeled { classes in classes = classes.map { names[Int($0)] } }
    let second = try train(method, renamed, in: scratch.file("2")) { $0.epochs = 2 }
    #expect(same(first.folder, second.folder))
    #expect(first.model.predictions().classes == second.model.predictions().classes)
  }

  @Test func `every method is in the catalogue under its name`() {
    let names = OpenWorldCatalogue.recipes.map(\.name)
    #expect(Set(names).count == names.count && Self.methods.allSatisfy(names.contains))
  }
}

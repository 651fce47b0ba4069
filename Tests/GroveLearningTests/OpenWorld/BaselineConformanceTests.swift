import Foundation
import GroveGraphs
import GroveKernels
@testable import GroveLearning
import GroveTensors
import TestSupport
import Testing

/// What holds for every baseline: equal bytes, no leak, going on, and that learning helps.
@Suite struct BaselineConformanceTests {
  static let methods = ["openldn", "opencon", "opencon-two-stage", "oodgat", "openwgl", "pown"]

  private let graph = SmallGraph.planted()

  private func train(
    _ method: String, _ graph: SmallGraph, split: Split? = nil, in path: String,
    _ change: (inout TrainingConfiguration) -> Void = { _ in }
  ) throws -> (result: RunResult, model: OpenWorldModel, folder: RunFolder) {
    let folder = RunFolder(path)
    try folder.create(overwriting: false)
    let trainer = try graph.openWorldTrainer(split) { configuration in
      configuration.method = method
      change(&configuration)
    }
    let done = try trainer.train(in: folder)
    return (done.result, done.model, folder)
  }

  private func same(_ a: RunFolder, _ b: RunFolder) -> Bool {
    [\RunFolder.bestPath, \.lastPath].allSatisfy {
      FileContents(a[keyPath: $0]).isPresent && FileContents(a[keyPath: $0]) == FileContents(b[keyPath: $0])
    }
  }

  @Test(arguments: methods) func `C-27: one seed gives the same bytes on 1, 2 and 3 threads`(method: String) throws {
    let scratch = try ScratchFolder()
    var folders: [RunFolder] = []
    let large = SmallGraph.planted(size: 150, labeled: 20)
    try ThreadCounts.forEach([1, 2, 3]) { count in
      folders.append(
        try train(method, large, in: scratch.file("\(count)")) { ($0.batch, $0.epochs) = (350, 2) }.folder)
    }
    #expect(same(folders[0], folders[1]) && same(folders[0], folders[2]))
  }

  @Test(arguments: methods) func `C-27: a run that was stopped goes on to the same bytes`(method: String) throws {
    let scratch = try ScratchFolder()
    // OpenLDN's second stage begins after the second epoch.
    let words = method == "openldn" ? ["base=2"] : []
    let whole = try train(method, graph, in: scratch.file("whole")) { $0.methodOptions = words }
    for after in [1, 2, 3] {
      let folder = RunFolder(scratch.file("cut \(after)"))
      try folder.create(overwriting: false)
      var epoch = 0
      let trainer = try graph.openWorldTrainer { ($0.method, $0.methodOptions) = (method, words) }
      #expect(throws: TrainingFailure.interrupted(path: folder.path, epoch: after)) {
        try trainer.train(in: folder, progress: { epoch = $0.epoch }, shouldStop: { epoch == after })
      }
      let rest = try trainer.train(in: folder)
      #expect(rest.resumedFromEpoch == after && same(whole.folder, folder))
    }
  }

  @Test(arguments: methods) func `other labels of test nodes change no weight and no prediction`(method: String) throws
  {
    let scratch = try ScratchFolder()
    let first = try train(method, graph, in: scratch.file("1"))
    let test = graph.splits[0].test
    let turned = graph.relabeled { classes in
      let moved = test.map { classes[Int($0)] }
      for (place, node) in test.enumerated() { classes[Int(node)] = moved[(place * 7 + 3) % moved.count] }
    }
    let second = try train(method, turned, in: scratch.file("2"))
    #expect(same(first.folder, second.folder))
    let (a, b) = (first.model.predictions(), second.model.predictions())
    #expect(a.probabilities == b.probabilities && a.classes == b.classes)
    let hidden = graph.relabeled { classes in for node in test { classes[Int(node)] = -1 } }
    let third = try train(method, hidden, in: scratch.file("3"))
    #expect(same(first.folder, third.folder))
  }

  @Test(arguments: methods) func `how classes are numbered and listed changes nothing`(method: String) throws {
    let scratch = try ScratchFolder()
    let first = try train(method, graph, in: scratch.file("1"))
    let names: [Int32] = [2, 0, 3, 1]
    let renamed = graph.relabeled { classes in classes = classes.map { names[Int($0)] } }
    let split = graph.splits[0]
    let other = Split(
      name: split.name, kind: "", train: split.train.reversed(), validation: split.validation,
      test: split.test.reversed(), classes: ClassDivision(seen: [0, 2], novel: [1, 3]))
    let second = try train(method, renamed, split: other, in: scratch.file("2"))
    #expect(same(first.folder, second.folder))
  }

  @Test(arguments: methods) func `a saved run scores as it did, and every score is finite`(method: String) throws {
    let scratch = try ScratchFolder()
    let trained = try train(method, graph, in: scratch.file("run"))
    let again = try graph.openWorldTrainer { $0.method = method }.trained(in: trained.folder)
    let (a, b) = (again.predictions(), trained.model.predictions())
    #expect(a.probabilities == b.probabilities && a.classes == b.classes)
    #expect(a.probabilities.allSatisfy(\.isFinite) && a.classes.count == 80)
    #expect(OpenWorldEvaluation.keys.allSatisfy { trained.result.test[$0]?.isFinite == true })
  }

  @Test(arguments: methods) func `sparse features and nodes of no part of the split train`(method: String) throws {
    var graph = graph
    let columns = (0..<160).map { entry -> Int32 in
      if entry % 2 == 0 { return Int32(entry / 2 % 4) }
      return Int32(4 + entry % 7)
    }
    let rows = SparseRows.grouping(
      rows: (0..<160).map { Int32($0 / 2) }, columns: columns, rowCount: 80, columnCount: 12)
    graph.columns = [("features", .sparse(rows: rows.rows, values: nil))]
    let split = graph.splits[0]
    let fewer = Split(
      name: split.name, kind: "", train: split.train, validation: split.validation,
      test: split.test.filter { $0 % 5 != 0 }, classes: split.classes)
    let done = try graph.openWorldTrainer(fewer) { ($0.method, $0.epochs) = (method, 2) }.train(in: nil)
    #expect(done.model.predictions().classes.count == 80 && done.result.epochs == 2)
  }

  @Test(arguments: methods) func `learning helps on a planted graph`(method: String) throws {
    let graph = SmallGraph.planted(classes: 6, size: 40, labeled: 8, width: 24)
    let trainer = try graph.openWorldTrainer { configuration in
      configuration.method = method
      (configuration.hidden, configuration.heads, configuration.outputHeads) = (16, 2, 2)
      (configuration.epochs, configuration.batch) = (20, 120)
    }
    let untrained = try OpenWorldModel(
      data: trainer.data, configuration: trainer.configuration, recipe: trainer.recipe, split: trainer.split, run: 0,
      problem: trainer.problem, truth: trainer.truth)
    _ = try trainer.settle(untrained.network, trainer.problem, epoch: 0)
    let before = try #require(untrained.evaluation(of: .test).scores.byName["overall"])
    var losses: [Double] = []
    let after = try trainer.train(in: nil, progress: { losses.append($0.loss) }).result
    let overall = try #require(after.test["overall"])
    #expect(overall > before || overall >= 0.95, "\(method): \(before) before, \(overall) after")
    // In forty steps OpenLDN's network for pairs has learned little; by chance it would be a sixth.
    #expect(overall >= (method == "openldn" ? 0.4 : 0.6), "\(method): \(overall)")
    #expect(losses.count == 20 && losses.allSatisfy { $0.isFinite })
  }
}

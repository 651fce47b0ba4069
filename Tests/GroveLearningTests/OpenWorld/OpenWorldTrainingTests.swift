import Foundation
import GroveGraphs
import GroveKernels
@testable import GroveLayers
@testable import GroveLearning
import GroveTensors
import TestSupport
import Testing

/// Runs of open-world training: equal bytes, no leak, going on, bad input.
@Suite struct OpenWorldTrainingTests {
  private let graph = SmallGraph.planted()

  private func train(
    _ graph: SmallGraph, split: Split? = nil, in path: String,
    _ change: (inout TrainingConfiguration) -> Void = { _ in }
  ) throws -> (result: RunResult, model: OpenWorldModel, folder: RunFolder) {
    let folder = RunFolder(path)
    try folder.create(overwriting: false)
    let done = try graph.openWorldTrainer(split, change).train(in: folder)
    return (done.result, done.model, folder)
  }

  private func same(_ a: RunFolder, _ b: RunFolder, isWhole: Bool = true) -> Bool {
    let names = isWhole ? [\RunFolder.bestPath, \.lastPath] : [\.bestPath]
    return names.allSatisfy {
      FileContents(a[keyPath: $0]).isPresent && FileContents(a[keyPath: $0]) == FileContents(b[keyPath: $0])
    }
  }

  @Test func `C-27: one seed gives the same bytes on 1, 2 and 3 threads, another seed others`() throws {
    let scratch = try ScratchFolder()
    var folders: [RunFolder] = []
    let large = SmallGraph.planted(size: 300, labeled: 20)
    try ThreadCounts.forEach([1, 2, 3]) { count in
      folders.append(try train(large, in: scratch.file("\(count)")) { $0.batch = 700 }.folder)
    }
    #expect(same(folders[0], folders[1]) && same(folders[0], folders[2]))
    let logs = try folders.map { try log($0).map { [$0.loss] + $0.validation.values.sorted() } }
    #expect(logs[0] == logs[1] && logs[0] == logs[2] && logs[0].count == 4)
    let other = try train(large, in: scratch.file("other")) {
      $0.batch = 700
      $0.seed = 1
    }
    #expect(!same(folders[0], other.folder))
  }

  @Test(arguments: 1...3) func `C-27: a run that was stopped goes on to the same bytes`(after: Int) throws {
    let scratch = try ScratchFolder()
    let whole = try train(graph, in: scratch.file("whole"))
    let folder = RunFolder(scratch.file("cut"))
    try folder.create(overwriting: false)
    var epoch = 0
    #expect(throws: TrainingFailure.interrupted(path: folder.path, epoch: after)) {
      try graph.openWorldTrainer().train(in: folder, progress: { epoch = $0.epoch }, shouldStop: { epoch == after })
    }
    let rest = try graph.openWorldTrainer().train(in: folder)
    #expect(rest.resumedFromEpoch == after && same(whole.folder, folder))
    #expect(rest.result.test == whole.result.test && rest.result.validation == whole.result.validation)
    #expect(try log(folder).map(\.loss) == log(whole.folder).map(\.loss))
  }

  @Test func `other labels of test nodes, seen and novel, change no weight and no prediction`() throws {
    let scratch = try ScratchFolder()
    let first = try train(graph, in: scratch.file("1"))
    let test = graph.splits[0].test
    let turned = graph.relabeled { classes in
      let moved = test.map { classes[Int($0)] }
      for (place, node) in test.enumerated() { classes[Int(node)] = moved[(place * 7 + 3) % moved.count] }
    }
    let second = try train(turned, in: scratch.file("2"))
    #expect(same(first.folder, second.folder))
    #expect(first.model.predictions() == second.model.predictions())
    #expect(first.result.validation == second.result.validation && first.result.test != second.result.test)
    let hidden = graph.relabeled { classes in for node in test { classes[Int(node)] = -1 } }
    let third = try train(hidden, in: scratch.file("3"))
    #expect(same(first.folder, third.folder))
    #expect(third.result.test["overall"] == nil, "no test node has a label to score")
  }

  @Test func `how classes are numbered and listed changes nothing`() throws {
    let scratch = try ScratchFolder()
    let first = try train(graph, in: scratch.file("1"))
    let names: [Int32] = [2, 0, 3, 1]
    let renamed = graph.relabeled { classes in classes = classes.map { names[Int($0)] } }
    let split = graph.splits[0]
    let second = try train(
      renamed,
      split: Split(
        name: split.name, kind: "", train: split.train.reversed(), validation: split.validation,
        test: split.test.reversed(),
        classes: ClassDivision(seen: [0, 2], novel: [1, 3])), in: scratch.file("2"))
    #expect(same(first.folder, second.folder))
    #expect(first.result.test.filter { $0.key.count < 8 } == second.result.test.filter { $0.key.count < 8 })
    #expect(first.model.predictions().classes == second.model.predictions().classes)
  }

  @Test func `nodes of no part of the split pass messages on and are given a class`() throws {
    let scratch = try ScratchFolder()
    let split = graph.splits[0]
    let fewer = Split(
      name: split.name, kind: "", train: split.train, validation: split.validation,
      test: split.test.filter { $0 % 5 != 0 }, classes: split.classes)
    let trained = try train(graph, split: fewer, in: scratch.file("run"))
    #expect(trained.model.predictions().classes.count == graph.count)
    #expect(trained.result.epochs == 4)
  }

  @Test func `what a folder holds is the trained model`() throws {
    let scratch = try ScratchFolder()
    let trained = try train(graph, in: scratch.file("run"))
    let again = try graph.openWorldTrainer().trained(in: trained.folder)
    #expect(again.predictions() == trained.model.predictions())
    #expect(again.classNames == ["class 0", "class 1", "novel-1", "novel-2"])
    #expect(again.evaluation(of: .test).scores.byName.allSatisfy { trained.result.test[$0.key] == $0.value })
    let manifest = try trained.folder.result()
    #expect(manifest == trained.result)
    #expect(OpenWorldEvaluation.keys.allSatisfy { trained.result.test[$0] != nil })
  }

  @Test(arguments: ["gcn", "gatv2", "sage"]) func `other encoders train`(encoder: String) throws {
    let done = try graph.openWorldTrainer { $0.model = encoder }.train(in: nil)
    #expect(done.result.test["overall"] ?? 0 > 0.5)
  }

  @Test func `an estimate of the number of classes is kept with the run and found again`() throws {
    let scratch = try ScratchFolder()
    let trained = try train(graph, in: scratch.file("run")) { $0.classes = "estimate" }
    let classes = try #require(trained.result.classes)
    #expect(classes.isEstimated && classes.split == 4 && classes.seen == 2 && classes.used >= 2)
    #expect(try trained.folder.configuration().estimatedClasses == classes.used)
    #expect(trained.model.classNames.count == classes.used)
    let folder = RunFolder(scratch.file("cut"))
    try folder.create(overwriting: false)
    _ = failure {
      _ = try graph.openWorldTrainer { $0.classes = "estimate" }.train(in: folder, shouldStop: { true })
    }
    _ = try graph.openWorldTrainer { $0.classes = "estimate" }.train(in: folder)
    #expect(same(folder, trained.folder))
  }

  @Test(arguments: [3, 6]) func `more or fewer classes than the split has can be asked for`(count: Int) throws {
    let done = try graph.openWorldTrainer { $0.classes = "\(count)" }.train(in: nil)
    #expect(done.model.classNames.count == count && done.result.classes?.used == count)
    #expect(done.model.evaluation(of: .test).scores.confusion.total == graph.splits[0].test.count)
  }

  // MARK: - Bad input

  private func told(_ split: Split? = nil, _ change: (inout TrainingConfiguration) -> Void = { _ in })
    -> (kind: FailureKind, text: String)?
  {
    failure { _ = try graph.openWorldTrainer(split, change) }
  }

  @Test func `numbers of classes that cannot be are refused`() {
    for (value, words) in [("1", "2 seen classes"), ("81", "80 nodes"), ("0", "classes is '0'"), ("many", "'many'")] {
      let found = told { $0.classes = value }
      #expect(found?.kind == .usage && found?.text.contains(words) == true, "\(value): \(found?.text ?? "nothing")")
    }
  }

  @Test(arguments: [0, -1, 100.5, Float.nan]) func `a share outside of what there is is refused`(rho: Float) {
    let found = told { $0.rho = rho }
    #expect(found?.kind == .usage && found?.text.contains("above 0 and at most 100") == true)
  }

  @Test func `splits that cannot serve are refused`() {
    let whole = graph.splits[0]
    func changed(
      train: [Int32]? = nil, validation: [Int32]? = nil,
      classes: ClassDivision? = ClassDivision(seen: [0, 1], novel: [2, 3])
    ) -> Split {
      Split(
        name: "s", kind: "", train: train ?? whole.train, validation: validation ?? whole.validation, test: [],
        classes: classes)
    }
    let wrong: [(Split, String)] = [
      (changed(validation: []), "no validation node"), (changed(classes: nil), "which classes are seen"),
      (changed(train: whole.train + [2]), "class 2, which is not a seen one"),
      (changed(train: whole.train.filter { $0 % 4 == 0 }), "no training node is of the seen class class 1"),
      (changed(classes: ClassDivision(seen: [0, 1], novel: [1, 3])), "listed twice"),
      (changed(classes: ClassDivision(seen: [0, 9], novel: [])), "class 9 does not exist"),
      (changed(classes: ClassDivision(seen: [], novel: [0])), "no seen class"),
      (changed(train: whole.train + [whole.train[0]]), "listed twice"),
    ]
    for (split, words) in wrong {
      let found = told(split)
      #expect(found?.kind == .badData && found?.text.contains(words) == true, "\(words): \(found?.text ?? "nothing")")
    }
  }
}

private func == (
  a: (probabilities: [Float], classes: [[Int]]), b: (probabilities: [Float], classes: [[Int]])
) -> Bool { a.probabilities == b.probabilities && a.classes == b.classes }

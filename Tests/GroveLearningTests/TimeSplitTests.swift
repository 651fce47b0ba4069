import Foundation
import GroveGraphs
import GroveKernels
@testable import GroveLearning
import TestSupport
import Testing

/// Under a split by time each part sees the graph as of its own last year.
@Suite struct TimeSplitTests {
  private static let bounds = TimeBounds(train: 2012, validation: 2015)
  private let source = TestSource.academic(papers: 90, seed: 6)

  private func split(validation: Bool = true, timed: Bool = true) throws -> Split {
    let labels = try #require(try source.labels())
    let years = try source.nodeYears(of: TestSource.paper)
    let made = try SplitKind.time(train: 2012, validation: 2015).make(
      labels: labels, name: "t", random: RandomStream(seed: 0), years: years)
    return Split(
      name: made.name, kind: made.kind, train: made.train, validation: validation ? made.validation : [],
      test: made.test, years: timed ? made.years : nil)
  }

  private func train(
    _ source: TestSource, _ model: String, split: Split, features: String = "has_topic", in path: String
  ) throws -> (result: RunResult, folder: RunFolder, trainer: NodeTrainer) {
    let folder = RunFolder(path)
    try folder.create(overwriting: false)
    let trainer = try source.trainer(model, split: split) {
      $0.features = features
      $0.epochs = 12
      $0.patience = 0
    }
    return (try trainer.train(in: folder).result, folder, trainer)
  }

  private static let models = ModelCatalogue.recipes.map(\.name)
  private static let trained = models.filter { $0 != "label-propagation" }

  // MARK: - Leaks

  @Test(arguments: trained, ["has_topic", "degree", "one-hot"])
  func `edges later than the training year change no weight`(model: String, features: String) throws {
    let scratch = try ScratchFolder()
    let split = try split(validation: false)
    let later = source.rewiring(2013...2020)
    #expect(try later.edges(of: TestSource.cites) != source.edges(of: TestSource.cites))
    let first = try train(source, model, split: split, features: features, in: scratch.file("1"))
    let second = try train(later, model, split: split, features: features, in: scratch.file("2"))
    #expect(FileContents(first.folder.bestPath).isPresent)
    #expect(FileContents(first.folder.bestPath) == FileContents(second.folder.bestPath))
    #expect(first.result.train == second.result.train)
    let seesEdges = !(model == "mlp" && features == "one-hot")
    #expect((first.result.test != second.result.test) == seesEdges, "the test part sees all edges")
    // Without the years of the split the same change is learned from, so that there is something to find; but for dense
    // layers on the topics of training papers, which are all of training years.
    let plain = try self.split(validation: false, timed: false)
    let third = try train(source, model, split: plain, features: features, in: scratch.file("3"))
    let fourth = try train(later, model, split: plain, features: features, in: scratch.file("4"))
    let isTaught = !["mlp", "correct-and-smooth"].contains(model) || features == "degree"
    #expect((FileContents(third.folder.bestPath) != FileContents(fourth.folder.bestPath)) == isTaught)
  }

  @Test func `edges of unknown year change no weight either`() throws {
    let scratch = try ScratchFolder()
    let split = try split(validation: false)
    let first = try train(source, "gcn", split: split, in: scratch.file("1"))
    let second = try train(source.rewiring(0...0), "gcn", split: split, in: scratch.file("2"))
    #expect(FileContents(first.folder.bestPath) == FileContents(second.folder.bestPath))
    #expect(first.result.test != second.result.test)
  }

  @Test(arguments: trained)
  func `edges later than the validation year do not choose, and those before it do not teach`(model: String) throws {
    let scratch = try ScratchFolder()
    let split = try split()
    let first = try train(source, model, split: split, in: scratch.file("1"))
    let after = try train(source.rewiring(2016...2020), model, split: split, in: scratch.file("2"))
    #expect(FileContents(first.folder.bestPath) == FileContents(after.folder.bestPath))
    #expect(first.result.validation == after.result.validation && first.result.test != after.result.test)
    let between = try train(source.rewiring(2013...2015), model, split: split, in: scratch.file("3"))
    let lines = try [log(first.folder), log(between.folder)]
    #expect(lines[0].map(\.loss) == lines[1].map(\.loss) && lines[0].map(\.train) == lines[1].map(\.train))
    #expect(lines[0].map(\.validation) != lines[1].map(\.validation))
    let before = try train(source.rewiring(2008...2012), model, split: split, in: scratch.file("4"))
    #expect(FileContents(first.folder.bestPath) != FileContents(before.folder.bestPath))
  }

  // MARK: - Each part against a graph that holds no more than it may see

  @Test(arguments: models, ["has_topic", "degree", "learned:4"])
  func `each part gets what the same model gives on a graph cut off after its year`(model: String, features: String)
    throws
  {
    let scratch = try ScratchFolder()
    let split = try split()
    let (result, folder, trainer) = try train(source, model, split: split, features: features, in: scratch.file("run"))
    let model = try TrainedModel(
      folder, data: trainer.data, configuration: trainer.configuration, split: split, run: 0)
    let plain = Split(name: "t", kind: "", train: split.train, validation: split.validation, test: split.test)
    for (part, year) in [(SplitPart.train, 2012), (.validation, 2015), (.test, nil)] as [(SplitPart, Int32?)] {
      var configuration = trainer.configuration
      let data = try NodeData(year.map(source.cut(after:)) ?? source, &configuration)
      let other = try TrainedModel(folder, data: data, configuration: configuration, split: plain, run: 0)
      let (own, cut) = (model.outputs(for: part), other.outputs())
      #expect(own.logits == cut.logits && own.embeddings == cut.embeddings, "\(part)")
      let nodes = split.nodes(of: part)
      let metrics = [result.train, result.validation, result.test][SplitPart.allCases.firstIndex(of: part) ?? 0]
      #expect(metrics == other.evaluation(of: nodes, logits: cut.logits).values.byName, "\(part)")
      #expect(!nodes.isEmpty && !metrics.isEmpty)
    }
    #expect(model.predictions().classes.count == 90)
  }

  @Test(arguments: trained) func `training is that on a graph cut off after the training year`(model: String) throws {
    let scratch = try ScratchFolder()
    let timed = try train(source, model, split: split(validation: false), in: scratch.file("1"))
    let cut = try train(
      source.cut(after: 2012), model, split: split(validation: false, timed: false), in: scratch.file("2"))
    #expect(FileContents(timed.folder.bestPath).isPresent)
    #expect(FileContents(timed.folder.bestPath) == FileContents(cut.folder.bestPath))
  }

  // MARK: - Resuming

  @Test func `training that was stopped goes on to the same bytes, and knows other years`() throws {
    let scratch = try ScratchFolder()
    let split = try split()
    let whole = try train(source, "gcn", split: split, in: scratch.file("whole"))
    let folder = RunFolder(scratch.file("stopped"))
    try folder.create(overwriting: false)
    var epochs = 0
    #expect(throws: TrainingFailure.self) {
      _ = try whole.trainer.train(in: folder, progress: { _ in epochs += 1 }, shouldStop: { epochs == 5 })
    }
    let moved = Split(
      name: split.name, kind: split.kind, train: split.train, validation: split.validation, test: split.test,
      years: TimeBounds(train: 2013, validation: 2015))
    let other = try NodeTrainer(
      data: whole.trainer.data, configuration: whole.trainer.configuration, split: moved, run: 0)
    #expect(failure { _ = try other.train(in: folder) }?.text.contains("another model, configuration or graph") == true)
    let (result, _, from) = try whole.trainer.train(in: folder)
    #expect(from == 5 && result.test == whole.result.test && result.validation == whole.result.validation)
    for path in [\RunFolder.bestPath, \.lastPath] {
      #expect(FileContents(folder[keyPath: path]) == FileContents(whole.folder[keyPath: path]))
    }
  }

  // MARK: - Notes

  @Test func `a relation without years is named, and all parts see the whole graph`() throws {
    let scratch = try ScratchFolder()
    var timeless = source
    for index in timeless.lists.indices { timeless.lists[index].years = nil }
    let timed = try train(timeless, "gcn", split: split(validation: false), in: scratch.file("1"))
    #expect(timed.trainer.notes.contains { $0.contains("relation cites has no years") && $0.contains("'t'") })
    #expect(timed.trainer.notes.contains { $0.contains("relation has_topic has no years") })
    let plain = try train(timeless, "gcn", split: split(validation: false, timed: false), in: scratch.file("2"))
    #expect(FileContents(timed.folder.bestPath) == FileContents(plain.folder.bestPath))
    #expect(timed.result.train == plain.result.train && timed.result.test == plain.result.test)
    #expect(plain.trainer.notes.isEmpty)
  }

  @Test func `labeled papers without year are counted in a note`() throws {
    let years = try #require(try source.nodeYears(of: TestSource.paper))
    let labels = try #require(try source.labels())
    let count = (0..<90).count { years[$0] == 0 && labels.isLabeled($0) }
    let notes = try source.trainer("gcn", split: split()).notes
    #expect(count > 0 && notes == ["\(count) labeled nodes have no year and are in no part of split 't'"])
  }

  @Test func `views of a year are read once`() throws {
    let (data, _) = try source.data("gcn") { $0.features = "degree" }
    let first = try data.view(asOf: 2012).graph.block
    let second = try data.view(asOf: 2012).graph.block
    #expect(first.aggregation === second.aggregation)
  }
}

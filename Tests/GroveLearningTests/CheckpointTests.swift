import Foundation
import GroveGraphs
import GroveKernels
@testable import GroveLayers
@testable import GroveLearning
import TestSupport
import Testing

@Suite struct CheckpointTests {
  /// A model with settings that bring every kind of state into its checkpoints.
  struct Variant: Sendable, CustomTestStringConvertible {
    let model: String
    let note: String
    let change: @Sendable (inout TrainingConfiguration) -> Void
    var testDescription: String { "\(model) \(note)" }
  }

  static let variants: [Variant] =
    ModelCatalogue.recipes.map { Variant(model: $0.name, note: "as it is") { _ in } } + [
      Variant(model: "gcn", note: "with batch norm") { $0.norm = .batch },
      Variant(model: "gcn", note: "with graph norm and residuals") {
        $0.norm = .graph
        $0.residual = true
      },
      Variant(model: "sage", note: "by descent with momentum on a falling rate") {
        $0.optimizer = .sgd
        $0.momentum = 0.9
        $0.schedule = .cosine
        $0.warmup = 3
      },
      Variant(model: "mlp", note: "by AdamW, smoothed and weighted") {
        $0.optimizer = .adamw
        $0.labelSmoothing = 0.1
        $0.classWeights = "balanced"
      },
      Variant(model: "gat", note: "on learned features") { $0.features = "learned:6" },
      Variant(model: "gcn", note: "on one-hot features by descent") {
        $0.features = "one-hot"
        $0.optimizer = .sgd
      },
      Variant(model: "sage", note: "in sampled batches") {
        $0.fanouts = [3, -1]
        $0.batch = 5
      },
      Variant(model: "gatv2", note: "in sampled batches on learned features with batch norm") {
        $0.fanouts = [2, 2]
        $0.batch = 4
        $0.features = "learned:6"
        $0.norm = .batch
      },
      Variant(model: "graphconv", note: "in sampled batches with an LSTM over the layers") {
        $0.fanouts = [3, -1]
        $0.batch = 5
        $0.jumping = .lstm
      },
      Variant(model: "gcn", note: "with little patience") {
        $0.patience = 3
        $0.lr = 0.1
      },
    ]

  private let graph = SmallGraph.communities()

  private func folder(_ scratch: ScratchFolder, _ name: String) throws -> RunFolder {
    let folder = RunFolder(scratch.file(name))
    try folder.create(overwriting: false)
    return folder
  }

  /// Trains, being interrupted after each of the given epochs.
  ///
  /// - Returns: the epochs that training went on from.
  private func train(_ variant: Variant, in folder: RunFolder, stops: [Int]) throws -> (RunResult, resumedFrom: [Int]) {
    func trainer() throws -> NodeTrainer {
      try graph.trainer(variant.model) {
        $0.epochs = 12
        variant.change(&$0)
      }
    }
    var resumedFrom: [Int] = []
    for stop in stops {
      var epoch = 0
      do {
        let done = try trainer().train(in: folder, progress: { epoch = $0.epoch }, shouldStop: { epoch >= stop })
        return (done.result, resumedFrom + [done.resumedFromEpoch])
      } catch TrainingFailure.interrupted(let path, let at) {
        #expect(path == folder.path && at == stop)
        resumedFrom.append(at)
      }
    }
    let (result, _, from) = try trainer().train(in: folder)
    #expect(from == resumedFrom.last ?? 0)
    return (result, resumedFrom)
  }

  @Test(arguments: variants) func `a run that was interrupted ends in the same bytes`(variant: Variant) throws {
    let scratch = try ScratchFolder()
    let whole = try folder(scratch, "whole")
    let (expected, _) = try train(variant, in: whole, stops: [])
    for (number, stops) in [[1], [5], [2, 3, 9], [expected.epochs]].enumerated() {
      let cut = try folder(scratch, "cut-\(number)")
      let (result, _) = try train(variant, in: cut, stops: stops)
      #expect(FileContents(whole.bestPath).isPresent)
      #expect(FileContents(cut.bestPath) == FileContents(whole.bestPath), "best, stopped after \(stops)")
      #expect(FileContents(cut.lastPath) == FileContents(whole.lastPath), "last, stopped after \(stops)")
      var timeless = result
      timeless.secondsPerEpoch = expected.secondsPerEpoch
      #expect(timeless == expected)
      let (lines, wholeLines) = (try log(cut), try log(whole))
      #expect(lines.map(\.epoch) == wholeLines.map(\.epoch) && lines.map(\.loss) == wholeLines.map(\.loss))
    }
  }

  @Test func `equal runs write equal files whatever the time they take and the number of threads`() throws {
    for variant in Self.variants {
      let scratch = try ScratchFolder()
      var files: [[FileContents]] = []
      try ThreadCounts.forEach([1, 2, 3]) { threads in
        let folder = try folder(scratch, "\(threads)")
        _ = try train(variant, in: folder, stops: [])
        files.append([FileContents(folder.bestPath), FileContents(folder.lastPath)])
      }
      #expect(files[0].allSatisfy { $0.isPresent }, "\(variant.testDescription)")
      #expect(files[1] == files[0] && files[2] == files[0], "\(variant.testDescription)")
    }
  }

  @Test func `lines after the checkpoint are cut from the log and its seconds are counted once`() throws {
    let scratch = try ScratchFolder()
    let path = scratch.file("metrics.jsonl")
    let first = try MetricsLog(path: path, keepingThrough: 0)
    for epoch in 1...5 {
      try first.append(
        MetricsLog.Line(epoch: epoch, loss: 1, learningRate: 0.1, train: ["loss": 1], validation: [:], seconds: 2))
    }
    // As after a kill: the last line is there in part.
    try Data(bytes(path).dropLast(9)).write(to: URL(fileURLWithPath: path))
    let second = try MetricsLog(path: path, keepingThrough: 3)
    #expect(second.keptSeconds == 6)
    try second.append(MetricsLog.Line(epoch: 4, loss: 9, learningRate: 0.1, train: [:], validation: [:], seconds: 1))
    let lines = try bytes(path).split(separator: 10).map { try JSONDecoder().decode(MetricsLog.Line.self, from: $0) }
    #expect(lines.map(\.epoch) == [1, 2, 3, 4] && lines[3].loss == 9)
    #expect(try MetricsLog(path: path, keepingThrough: 0).keptSeconds == 0)
    #expect(bytes(path).isEmpty, "a run that begins has no past")
  }

  @Test func `what a killed writer left behind is gone after the next start`() throws {
    let scratch = try ScratchFolder()
    let folder = try folder(scratch, "run")
    for name in ["last.safetensors.77.partial", "manifest.json.8.partial", "mine.partial", "notes.txt"] {
      try AtomicFile.write("x", to: folder.path + "/" + name)
    }
    _ = try graph.trainer("mlp") { $0.epochs = 2 }.train(in: folder)
    let left = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    #expect(
      left == [
        "best.safetensors", "config.json", "last.safetensors", "manifest.json", "metrics.jsonl", "mine.partial",
        "notes.txt",
      ])
  }

  @Test func `a folder that a killed start or a killed overwriting left can be trained in`() throws {
    let scratch = try ScratchFolder()
    let folder = RunFolder(scratch.file("run"))
    try AtomicFile.makeFolder(folder.path)
    try AtomicFile.write("{", to: folder.path + "/config.json.99.partial")
    try folder.create(overwriting: false)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    // Whatever was removed before the kill, config.json was not yet.
    for name in ["config.json", "last.safetensors"] { try AtomicFile.write("{}", to: folder.path + "/" + name) }
    #expect(failure { try folder.create(overwriting: false) }?.kind == .cannotCreate)
    try folder.create(overwriting: true)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
  }

  @Test func `overwriting removes the old run and nothing of the person's`() throws {
    let scratch = try ScratchFolder()
    let folder = try folder(scratch, "run")
    _ = try graph.trainer("mlp") { $0.epochs = 2 }.train(in: folder)
    for name in ["run-notes.md", "run-1x", "plot.png", "x.partial"] {
      try AtomicFile.write("x", to: folder.path + "/" + name)
    }
    for name in ["run-0", "run-12"] {
      try AtomicFile.makeFolder(folder.path + "/" + name)
      try AtomicFile.write("{}", to: folder.path + "/\(name)/config.json")
    }
    try AtomicFile.write("x", to: folder.path + "/run-12/remarks.txt")
    #expect(failure { try folder.create(overwriting: false) }?.kind == .cannotCreate)
    #expect(folder.exists)
    try folder.create(overwriting: true)
    let left = try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted()
    #expect(left == ["plot.png", "run-12", "run-12/remarks.txt", "run-1x", "run-notes.md", "x.partial"])
  }

  // MARK: - Files of something else

  /// A run of 12 epochs stopped after 6, as files to damage.
  private func stopped(_ scratch: ScratchFolder, _ name: String, _ variant: Variant) throws -> RunFolder {
    let folder = try folder(scratch, name)
    var epoch = 0
    let trainer = try graph.trainer(variant.model) {
      $0.epochs = 12
      variant.change(&$0)
    }
    #expect(
      failure { _ = try trainer.train(in: folder, progress: { epoch = $0.epoch }, shouldStop: { epoch == 6 }) } != nil)
    return folder
  }

  @Test(arguments: [
    Variant(model: "sage", note: "another model") { _ in },
    Variant(model: "gcn", note: "another width") { $0.hidden = 7 },
    Variant(model: "gcn", note: "another seed") { $0.seed = 3 },
    Variant(model: "gcn", note: "other features") { $0.features = "learned:3" },
    Variant(model: "gcn", note: "more epochs") { $0.epochs = 13 },
  ]) func `a checkpoint of something else is not gone on with`(variant: Variant) throws {
    let scratch = try ScratchFolder()
    let mine = try stopped(scratch, "mine", Variant(model: "gcn", note: "") { _ in })
    let other = try stopped(scratch, "other", variant)
    try bytes(other.lastPath).write(to: URL(fileURLWithPath: mine.lastPath))
    let found = failure { _ = try graph.trainer("gcn") { $0.epochs = 12 }.train(in: mine) }
    #expect(found?.kind == .badData)
    #expect(found?.text.hasPrefix(mine.lastPath) == true && found?.text.contains("another model") == true)
  }

  @Test func `a checkpoint of other training or validation nodes is not gone on with`() throws {
    let scratch = try ScratchFolder()
    let split = graph.splits[0]
    for other in [
      Split(name: split.name, kind: "", train: split.train.dropLast(), validation: split.validation, test: split.test),
      Split(name: split.name, kind: "", train: split.train, validation: split.validation.dropLast(), test: split.test),
    ] {
      let mine = try stopped(scratch, "mine-\(other.train.count)", Variant(model: "gcn", note: "") { _ in })
      let found = failure { _ = try graph.trainer("gcn", split: other) { $0.epochs = 12 }.train(in: mine) }
      #expect(found?.kind == .badData)
    }
  }

  @Test(arguments: [
    ("sage", 64, "a model 'sage'"), ("gcn", 7, "has shape"), ("mlp", 64, "a model 'mlp'"),
  ]) func `weights of something else are not loaded`(model: String, hidden: Int, words: String) throws {
    let scratch = try ScratchFolder()
    let (mine, other) = (try folder(scratch, "mine"), try folder(scratch, "other"))
    _ = try graph.trainer("gcn") { $0.epochs = 2 }.train(in: mine)
    _ = try graph.trainer(model) {
      $0.epochs = 2
      $0.hidden = hidden
    }.train(in: other)
    #expect(throws: Never.self) { _ = try graph.trained("gcn", in: mine) { $0.epochs = 2 } }
    try bytes(other.bestPath).write(to: URL(fileURLWithPath: mine.bestPath))
    let found = failure { _ = try graph.trained("gcn", in: mine) { $0.epochs = 2 } }
    #expect(found?.kind == .badData && found?.text.contains(words) == true, "\(found?.text ?? "nothing")")
    #expect(found?.text.hasPrefix(mine.bestPath) == true)
  }

  @Test func `a run that has not finished says how to finish it`() throws {
    let scratch = try ScratchFolder()
    let folder = try stopped(scratch, "run", Variant(model: "gcn", note: "") { _ in })
    let found = failure { _ = try graph.trained("gcn", in: folder) { $0.epochs = 12 } }
    #expect(found?.kind == .missingInput && found?.text.contains("grove train --resume \(folder.path)") == true)
  }

  // MARK: - Damage

  /// Reads both weight files of a damaged run; nil where neither noticed anything.
  private func noticed(_ files: CheckpointFiles, _ model: any Classifier, isBest: Bool) -> (
    kind: FailureKind, text: String
  )? {
    failure { if isBest { try files.readBest(into: model) } else { _ = try files.readLast(into: model, memory: nil) } }
  }

  @Test(arguments: [true, false]) func `a cut or changed weight file is one clear failure`(isBest: Bool) throws {
    let scratch = try ScratchFolder()
    let folder = try folder(scratch, "run")
    let trainer = try SmallGraph.communities(12, width: 3).trainer("gcn", split: SmallGraph.thirds(of: 11)) {
      $0.epochs = 3
      $0.hidden = 2
    }
    let trained = try trainer.train(in: folder).model
    let files = try trained.files(in: folder)
    let classifier = try #require(trained.classifier)
    let path = isBest ? folder.bestPath : folder.lastPath
    let whole = bytes(path)
    #expect(noticed(files, classifier, isBest: isBest) == nil, "the file is sound")
    func expectNoticed(_ damaged: Data, _ what: String) throws {
      try damaged.write(to: URL(fileURLWithPath: path))
      guard let found = noticed(files, classifier, isBest: isBest) else {
        Issue.record("\(what) went unnoticed")
        return
      }
      #expect(found.kind == .badData, "\(what): \(found.text)")
      #expect(found.text.hasPrefix(path) && !found.text.contains("\n"), "\(what): \(found.text)")
    }
    for length in stride(from: 0, to: whole.count, by: max(1, whole.count / 150)) {
      try expectNoticed(whole.prefix(length), "a cut to \(length) of \(whole.count) bytes")
    }
    try expectNoticed(whole.dropLast(), "a cut of the last byte")
    let header = 8 + whole.prefix(8).enumerated().reduce(0) { $0 | Int($1.element) << (8 * $1.offset) }
    let padding = whole[..<header].reversed().prefix { $0 == 32 }.count
    for place in whole.indices where place < header - padding || place >= header {
      let flip = [UInt8(0x01), 0x20, 0x80][place % 3]
      var damaged = whole
      damaged[place] ^= flip
      try expectNoticed(damaged, "byte \(place) changed by \(flip)")
    }
  }
}

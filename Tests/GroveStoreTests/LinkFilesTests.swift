import Foundation
import GroveGraphs
import GroveKernels
import GroveStore
import TestSupport
import Testing

/// Folders of links made by hand.
@Suite struct LinkFilesTests {
  /// Undirected pairs with labels: training 0-1, 1-2, 1-0; validation 2-3 and none 0-3; test 3-4, 2-1 and none 0-4.
  private func labeled(_ change: (String) throws -> Void = { _ in }) throws -> ScratchFolder {
    let scratch = try ScratchFolder()
    try NumpyArray.write(.int32s([0, 1, 1, 1, 2, 0]), shape: [2, 3], to: scratch.file("train.npy"))
    try NumpyArray.write(.int32s([2, 0, 3, 3, 1, 0]), shape: [3, 2], to: scratch.file("valid.npy"))
    try NumpyArray.write(.int32s([3, 2, 0, 4, 1, 4, 1, 1, 0]), shape: [3, 3], to: scratch.file("test.npy"))
    try change(scratch.path)
    return scratch
  }

  private func interactions(_ change: (String) throws -> Void = { _ in }) throws -> ScratchFolder {
    let scratch = try ScratchFolder()
    try NumpyArray.write(.int32s([0, 0, 1, 1, 4, 0]), shape: [2, 3], to: scratch.file("train.npy"))
    try NumpyArray.write(.int32s([1, 2]), shape: [2, 1], to: scratch.file("test.npy"))
    try change(scratch.path)
    return scratch
  }

  @Test func `pairs with labels are undirected links and published negatives`() throws {
    let folder = try labeled()
    let files = try LinkFiles(path: folder.path)
    #expect(files.split.ends == .undirected(nodes: 5))
    #expect(files.split.training == EdgeList(sources: [0, 1], targets: [1, 2], isDirected: false))
    #expect(files.split.validation.positives == EdgeList(sources: [2], targets: [3], isDirected: false))
    #expect(
      files.split.validation.negatives == .pairs(EdgeList(sources: [0], targets: [3], isDirected: false)))
    #expect(files.split.test.positives == EdgeList(sources: [3], targets: [4], isDirected: false))
    #expect(files.counts.train == 3)
    #expect(files.counts.repeatedTrain == 1)
    #expect(files.counts.testPositives == 2)
    #expect(files.counts.testNegatives == 1)
    #expect(files.counts.leakedTest == 1)
    #expect(files.social == nil)
    #expect(files.split.problem() == nil)
  }

  @Test func `pairs without labels are links from sources to targets`() throws {
    let folder = try interactions {
      try NumpyArray.write(.int32s([0, 1, 1, 0]), shape: [2, 2], to: "\($0)/social.npy")
    }
    let files = try LinkFiles(path: folder.path)
    #expect(files.split.ends == .bipartite(sources: 2, targets: 5))
    #expect(files.split.training == EdgeList(sources: [0, 0, 1], targets: [1, 4, 0], isDirected: true))
    #expect(files.split.test.positives == EdgeList(sources: [1], targets: [2], isDirected: true))
    #expect(files.split.test.negatives == .all)
    #expect(files.split.validation.positives.count == 0)
    #expect(files.social == EdgeList(sources: [0, 1], targets: [1, 0], isDirected: true))
  }

  @Test func `another layout can be asked for`() throws {
    let folder = try interactions()
    let files = try LinkFiles(path: folder.path, layout: .undirected)
    #expect(files.split.ends == .undirected(nodes: 5))
    #expect(files.counts.repeatedTrain == 1)
    // (0, 1) and (1, 0) are trained on as two directed links and one undirected.
    let reversed = try interactions {
      try NumpyArray.write(.int32s([0, 1, 1, 0]), shape: [2, 2], to: "\($0)/train.npy")
    }
    #expect(try LinkFiles(path: reversed.path, layout: .undirected).split.training.count == 1)
    #expect(try LinkFiles(path: reversed.path, layout: .directed).split.training.count == 2)
  }

  @Test func `the meta file says how many nodes there are`() throws {
    let folder = try labeled { try AtomicFile.write(#"{"counts": {"nodes": 9, "train": 3}}"#, to: "\($0)/meta.json") }
    #expect(try LinkFiles(path: folder.path).split.ends == .undirected(nodes: 9))
    let users = try interactions {
      try AtomicFile.write(#"{"counts": {"users": 3, "items": 8}}"#, to: "\($0)/meta.json")
    }
    #expect(try LinkFiles(path: users.path).split.ends == .bipartite(sources: 3, targets: 8))
  }

  @Test func `a node beyond the meta file's number is named with its file and place`() throws {
    let folder = try labeled { try AtomicFile.write(#"{"counts": {"nodes": 4}}"#, to: "\($0)/meta.json") }
    expectFailure(.badData, ["test.npy, pair 0: target 4 is not a node (there are 4 nodes"]) {
      _ = try LinkFiles(path: folder.path)
    }
    let users = try interactions { try AtomicFile.write(#"{"counts": {"users": 1}}"#, to: "\($0)/meta.json") }
    expectFailure(.badData, ["train.npy, pair 2: source 1 is not a node (there are 1 nodes"]) {
      _ = try LinkFiles(path: users.path)
    }
    let none = try labeled { try AtomicFile.write(#"{"counts": {"nodes": 0}}"#, to: "\($0)/meta.json") }
    expectFailure(.badData, ["meta.json, key counts.nodes: 0 is no number of nodes"]) {
      _ = try LinkFiles(path: none.path)
    }
  }

  @Test func `a negative number is named`() throws {
    let folder = try labeled {
      try NumpyArray.write(.int32s([0, -1, 1, 2]), shape: [2, 2], to: "\($0)/train.npy")
    }
    expectFailure(.badData, ["train.npy, pair 1: source -1 is not a node"]) { _ = try LinkFiles(path: folder.path) }
  }

  @Test func `an unknown label is named with its place`() throws {
    let folder = try labeled {
      try NumpyArray.write(.int32s([2, 0, 3, 3, 1, 2]), shape: [3, 2], to: "\($0)/valid.npy")
    }
    expectFailure(.badData, ["valid.npy, pair 1: label 2 is not 1 (a link) or 0 (none)"]) {
      _ = try LinkFiles(path: folder.path)
    }
  }

  @Test(arguments: [[6], [1, 6], [4, 2], [2, 3, 1]]) func `another shape is named`(shape: [Int]) throws {
    let folder = try labeled {
      let count = shape.reduce(1, *)
      try NumpyArray.write(.int32s([Int32](repeating: 0, count: count)), shape: shape, to: "\($0)/test.npy")
    }
    expectFailure(.badData, ["test.npy: has shape \(shape)"]) { _ = try LinkFiles(path: folder.path) }
  }

  @Test func `triples are no training links`() throws {
    let folder = try labeled {
      try NumpyArray.write(.int32s([0, 1, 5, 6, 2, 3]), shape: [3, 2], to: "\($0)/train.npy")
    }
    expectFailure(.badData, ["train.npy: has three rows"]) { _ = try LinkFiles(path: folder.path) }
  }

  @Test func `fractions and texts are no nodes`() throws {
    let folder = try labeled { try NumpyArray.write(.floats([0, 1.5]), shape: [2, 1], to: "\($0)/train.npy") }
    expectFailure(.badData, ["train.npy", "1.5"]) { _ = try LinkFiles(path: folder.path) }
  }

  @Test func `a part that is missing is named`() throws {
    let folder = try labeled { try FileManager.default.removeItem(atPath: "\($0)/train.npy") }
    expectFailure(.missingInput, ["train.npy is missing"]) { _ = try LinkFiles(path: folder.path) }
    let alone = try interactions { try FileManager.default.removeItem(atPath: "\($0)/test.npy") }
    expectFailure(.missingInput, ["test.npy is missing"]) { _ = try LinkFiles(path: alone.path) }
    expectFailure(.missingInput, ["nowhere"]) { _ = try LinkFiles(path: "\(alone.path)/nowhere") }
  }

  @Test func `no training link at all is an error`() throws {
    let folder = try labeled { try NumpyArray.write(.int32s([]), shape: [2, 0], to: "\($0)/train.npy") }
    expectFailure(.badData, ["has no training link"]) { _ = try LinkFiles(path: folder.path) }
  }
}

/// The real folders.
@Suite(.enabled(if: SharedData.isPresent)) struct SharedLinkTests {
  private func counts(_ name: String) throws -> [String: Int] {
    let data = try Data(contentsOf: URL(fileURLWithPath: "\(SharedData.graph(name))/meta.json"))
    let meta = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    return try #require(meta["counts"] as? [String: Any]).compactMapValues { $0 as? Int }
  }

  private func keys(_ list: EdgeList, ordered: Bool) -> Set<[Int32]> {
    Set(zip(list.sources, list.targets).map { ordered ? [$0, $1] : [min($0, $1), max($0, $1)] })
  }

  @Test func `the co-authorship folder has the counts of its meta file and no leak`() throws {
    let meta = try counts("arxiv-grqc-lp")
    let files = try LinkFiles(path: SharedData.graph("arxiv-grqc-lp"))
    let (split, counts) = (files.split, files.counts)
    #expect(split.ends == .undirected(nodes: try #require(meta["nodes"])))
    #expect(counts.train == meta["train"])
    #expect(counts.validationPositives == meta["valid_pos"])
    #expect(counts.validationNegatives == meta["valid_neg"])
    #expect(counts.testPositives == meta["test_pos"])
    #expect(counts.testNegatives == meta["test_neg"])
    #expect(counts.leakedTest == meta["train_test_pos_overlap"])
    #expect(split.test.positives.count == meta["test_pos"])
    let parts = [split.messages, split.validation.positives, split.test.positives].map { keys($0, ordered: false) }
    #expect(parts[0].isDisjoint(with: parts[1]) && parts[0].isDisjoint(with: parts[2]))
    #expect(parts[1].isDisjoint(with: parts[2]))
    // Links that only the published validation holds stay; those that training holds the other way do not.
    #expect(parts.reduce(0) { $0 + $1.count } == meta["distinct_real_edges"])
    #expect(counts.leakedValidation > 0)
    #expect(split.validation.positives.count == counts.validationPositives - counts.leakedValidation)
    #expect(split.training.count == counts.train - counts.repeatedTrain - counts.loops)
    #expect(split.test.negativePairs?.count == meta["test_neg"])
  }

  @Test func `the listening folder has the counts of its meta file and no leak`() throws {
    let meta = try counts("lastfm")
    let files = try LinkFiles(path: SharedData.graph("lastfm"))
    let split = files.split
    #expect(split.ends == .bipartite(sources: try #require(meta["users"]), targets: try #require(meta["items"])))
    #expect(files.counts.train == meta["train"])
    #expect(files.counts.testPositives == meta["test"])
    #expect(files.counts.repeatedTrain == meta["train_duplicates"])
    #expect(files.counts.leakedTest == meta["train_test_overlap"])
    #expect(split.training.count == meta["train"])
    #expect(files.social?.count == meta["social_links"])
    #expect(Set(split.training.sources).count == meta["users_in_train"])
    let held = try split.holdingOutValidation(0.1, random: RandomStream(seed: 1))
    #expect(held.problem() == nil)
    #expect(held.training.count + held.validation.positives.count == meta["train"])
    #expect(Set(held.training.sources).count == meta["users_in_train"])
    #expect(keys(held.training, ordered: true).isDisjoint(with: keys(held.validation.positives, ordered: true)))
    #expect(held.test == split.test)
    try ThreadCounts.forEach([1, 2, 3]) { _ in
      let again = try split.holdingOutValidation(0.1, random: RandomStream(seed: 1))
      #expect(again == held)
    }
  }

  /// A copy of a folder whose test pairs run the other way and have the other label.
  private func flipped(_ name: String) throws -> ScratchFolder {
    let scratch = try ScratchFolder()
    let source = SharedData.graph(name)
    for file in ["train.npy", "valid.npy", "meta.json"]
    where FileManager.default.fileExists(atPath: "\(source)/\(file)") {
      try FileManager.default.copyItem(atPath: "\(source)/\(file)", toPath: scratch.file(file))
    }
    let array = try NumpyArray(path: "\(source)/test.npy")
    let count = array.shape[1]
    let numbers = try array.int32s()
    var turned = numbers
    if array.shape[0] == 3 {
      for place in 0..<count {
        (turned[place], turned[count + place]) = (numbers[count + place], numbers[place])
        turned[2 * count + place] = 1 - numbers[2 * count + place]
      }
    } else {
      // Users and items cannot change places: each user gets the next one's items.
      for place in 0..<count { turned[count + place] = numbers[count + (place + 1) % count] }
    }
    try NumpyArray.write(.int32s(turned), shape: array.shape, to: scratch.file("test.npy"))
    return scratch
  }

  @Test(arguments: ["arxiv-grqc-lp", "lastfm"]) func `test pairs change nothing of what is learned or chosen by`(
    name: String
  ) throws {
    let original = try LinkFiles(path: SharedData.graph(name)).split
    let copy = try flipped(name)
    let changed = try LinkFiles(path: copy.path).split
    #expect(changed.test != original.test)
    #expect(changed.messages == original.messages)
    #expect(changed.training == original.training)
    #expect(changed.validation == original.validation)
    guard name == "lastfm" else { return }
    let held = try [original, changed].map { try $0.holdingOutValidation(0.1, random: RandomStream(seed: 3)) }
    #expect(held[0].training == held[1].training)
    #expect(held[0].validation == held[1].validation)
    #expect(try held[0].rankingTask(of: .validation) == held[1].rankingTask(of: .validation))
  }

  @Test func `hard negatives of the co-authorship folder are as many as asked for, and no links`() throws {
    let split = try LinkFiles(path: SharedData.graph("arxiv-grqc-lp")).split
    let hard = try split.withNegatives(.hard(HardNegativeOptions(perPositive: 20)), random: RandomStream(seed: 1))
    #expect(hard.problem() == nil)
    guard case .lists(let lists) = hard.test.negatives else { throw CancellationError() }
    #expect(lists.nodes.count == 20 * split.test.positives.count)
    #expect(lists.filled < lists.nodes.count / 2)
    let messages = try MessageGraph(of: hard)
    #expect(messages.edges(telling: split.test.positives).isEmpty)
    #expect(messages.edges(telling: split.validation.positives).isEmpty)
  }

  @Test(arguments: ["fb15k-237", "umls"]) func `triples of a knowledge graph are refused`(name: String) throws {
    expectFailure(.badData, ["train.npy: has three rows"]) { _ = try LinkFiles(path: SharedData.graph(name)) }
  }
}

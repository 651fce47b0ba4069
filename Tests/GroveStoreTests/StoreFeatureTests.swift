import Foundation
import GroveGraphs
import GroveKernels
import TestSupport
import Testing

@testable import GroveStore

/// Feature columns that are added to a store: of records and of a graph that was imported whole.
@Suite struct StoreFeatureTests {
  private static let paper = AcademicSchema.paper

  /// A store of `count` papers.
  private func records(_ count: Int = 40) throws -> ImportedDump {
    try ImportedDump(chainLines(count).joined(separator: "\n"))
  }

  private func random(_ count: Int, _ seed: Int = 1) -> [Float] {
    var random = TestRandom(seed)
    return (0..<count).map { _ in Float.random(in: -2...2, using: &random) }
  }

  /// A store and all of its files, to see that nothing has changed.
  private func contents(_ folder: String) throws -> [String: Data] {
    var result: [String: Data] = [:]
    for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
      result[name] = try ByteSource.file("\(folder)/\(name)").bytes()
    }
    return result
  }

  @Test func `columns of records are read as they were given, and nothing else changes`() throws {
    let imported = try records()
    let (editor, before) = (StoreEditor(imported.store.path), imported.store)
    #expect(before.featureNames(of: Self.paper).isEmpty)
    let count = before.nodeCount(of: Self.paper)
    let dense = FeatureMatrix.dense(values: .array(random(count * 3)), width: 3)
    let rows = SparseRows(
      offsets: (0...count).map { Int64($0) }, columns: (0..<count).map { Int32($0 % 5) }, columnCount: 5)
    let sparse = FeatureMatrix.sparse(rows: rows, values: random(count, 2))
    let bits = FeatureMatrix.sparse(rows: rows, values: nil)
    try editor.set(features: dense, named: "dense", of: Self.paper)
    try editor.set(features: sparse, named: "sparse", of: Self.paper, snapshot: before.snapshot)
    try editor.set(features: bits, named: "bits", of: Self.paper, isDefault: true)
    let store = try GraphStore(before.path)
    #expect(store.generation == before.generation + 3)
    #expect(store.snapshot == before.snapshot && store.reports == before.reports)
    #expect(store.featureNames(of: Self.paper) == ["bits", "dense", "sparse"])
    #expect(store.featureWidths(of: Self.paper) == [5, 3, 5])
    #expect(store.featureNames(of: AcademicSchema.author).isEmpty)
    #expect(try store.features(named: "dense", of: Self.paper) == dense)
    #expect(try store.features(named: "sparse", of: Self.paper) == sparse)
    #expect(try store.features(named: "bits", of: Self.paper) == bits)
    #expect(try store.nodeIDs(of: Self.paper) == before.nodeIDs(of: Self.paper))
    #expect(try StoreCheck(store.path).faults.isEmpty)
    expectFailure(.usage, ["'words'", "bits, dense, sparse"]) {
      _ = try store.features(named: "words", of: Self.paper)
    }
    // A store that was open stays what it was.
    #expect(before.featureNames(of: Self.paper).isEmpty)
  }

  @Test func `a column takes the place of the one of its name, whose files go`() throws {
    let imported = try records(10)
    let (editor, path) = (StoreEditor(imported.store.path), imported.store.path)
    for name in ["a", "b", "c"] {
      try editor.set(features: .dense(values: .array(random(10)), width: 1), named: name, of: Self.paper)
    }
    let files = try contents(path).count
    let rows = SparseRows(offsets: [Int64](repeating: 0, count: 11), columns: [], columnCount: 4)
    try editor.set(features: .sparse(rows: rows, values: nil), named: "b", of: Self.paper)
    #expect(try GraphStore(path).featureNames(of: Self.paper) == ["a", "b", "c"])
    #expect(try GraphStore(path).featureWidths(of: Self.paper) == [1, 4, 1])
    #expect(try contents(path).count == files + 1)
    try editor.set(features: .dense(values: .array(random(10)), width: 1), named: "c", of: Self.paper, isDefault: true)
    #expect(try GraphStore(path).featureNames(of: Self.paper) == ["c", "a", "b"])
    try editor.removeFeatures(named: "b", of: Self.paper)
    #expect(try GraphStore(path).featureNames(of: Self.paper) == ["c", "a"])
    #expect(try contents(path).count == files - 1)
    expectFailure(.usage, ["'b'", "c, a"]) { try editor.removeFeatures(named: "b", of: Self.paper) }
    for name in ["c", "a"] { try editor.removeFeatures(named: name, of: Self.paper) }
    #expect(try GraphStore(path).featureNames(of: Self.paper).isEmpty)
    #expect(try StoreCheck(path).faults.isEmpty)
  }

  @Test func `f16 columns hold the nearest halves in half the room`() throws {
    let imported = try records(50)
    let (editor, path) = (StoreEditor(imported.store.path), imported.store.path)
    var values = random(50 * 4)
    values[7] = 65_504
    values[8] = -0.0
    values[9] = 1e-9
    let dense = FeatureMatrix.dense(values: .array(values), width: 4)
    try editor.set(features: dense, named: "full", of: Self.paper)
    let full = try StoreCheck.byteCount(path)
    try editor.set(features: dense, named: "half", of: Self.paper, elementType: .f16)
    let added = try StoreCheck.byteCount(path) - full
    let rows = SparseRows(
      offsets: (0...50).map { Int64(2 * $0) }, columns: [Int32](repeating: 1, count: 100), columnCount: 3)
    try editor.set(
      features: .sparse(rows: rows, values: random(100, 3)), named: "sparse", of: Self.paper, elementType: .f16)
    let store = try GraphStore(path)
    // The manifest names the file, too.
    #expect((64 + 400..<64 + 1_200).contains(added), "\(added)")
    let expected = values.map { Float(Float16($0)) }
    #expect(try store.features(named: "half", of: Self.paper) == .dense(values: .array(expected), width: 4))
    #expect(
      try store.features(named: "sparse", of: Self.paper)
        == .sparse(rows: rows, values: random(100, 3).map { Float(Float16($0)) }))
    #expect(try StoreCheck(path).faults.isEmpty)
  }

  @Test(arguments: [1, 3, 300, 1 << 17, 1 << 19]) func `rows that come some at a time are those of a matrix`(
    width: Int
  ) throws {
    let imported = try records(7)
    let (editor, path) = (StoreEditor(imported.store.path), imported.store.path)
    var asked: [Range<Int>] = []
    func value(_ row: Int, _ column: Int) -> Float { Float(row) + Float(column) / 1_048_576 }
    try editor.set(featuresOfWidth: width, named: "rows", of: Self.paper) { range in
      asked.append(range)
      return range.flatMap { row in (0..<width).map { value(row, $0) } }
    }
    #expect(asked.first?.lowerBound == 0 && asked.last?.upperBound == 7)
    #expect(zip(asked, asked.dropFirst()).allSatisfy { $0.upperBound == $1.lowerBound })
    #expect(asked.count == (width <= 300 ? 1 : width == 1 << 17 ? 4 : 7))
    let expected = (0..<7).flatMap { row in (0..<width).map { value(row, $0) } }
    let store = try GraphStore(path)
    #expect(try store.features(named: "rows", of: Self.paper) == .dense(values: .array(expected), width: width))
    try editor.set(features: .dense(values: .array(expected), width: width), named: "matrix", of: Self.paper)
    let columns = try GraphStore(path).manifest.nodes[0].features ?? []
    #expect(columns[0].values?.checksum == columns[1].values?.checksum)
    #expect(
      try GraphStore(path).featureIdentity(named: "rows", of: Self.paper)
        == GraphStore(path).featureIdentity(named: "matrix", of: Self.paper))
    // A type without nodes has columns too: nothing is asked for.
    try editor.set(featuresOfWidth: width, named: "nobody", of: AcademicSchema.venue) { _ in
      Issue.record("rows of no node were asked for")
      return []
    }
    #expect(try GraphStore(path).features(named: "nobody", of: AcademicSchema.venue).width == width)
  }

  @Test func `what cannot be a column is refused by name, and the store is as it was`() throws {
    let imported = try records(5)
    let (editor, path) = (StoreEditor(imported.store.path), imported.store.path)
    let good = FeatureMatrix.dense(values: [1, 2, 3, 4, 5], width: 1)
    try editor.set(features: good, named: "good", of: Self.paper)
    let before = try contents(path)
    expectFailure(.badData, [path, "3 feature rows", "expected 5"]) {
      try editor.set(features: .dense(values: [1, 2, 3], width: 1), named: "x", of: Self.paper)
    }
    expectFailure(.badData, ["'x', paper 3, column 0", "inf is not a finite number"]) {
      try editor.set(features: .dense(values: [1, 2, 3, .infinity, 5], width: 1), named: "x", of: Self.paper)
    }
    let rows = SparseRows(offsets: [0, 0, 1, 2, 2, 2], columns: [6, 8], columnCount: 9)
    expectFailure(.badData, ["'x', paper 2, column 8", "nan is not a finite number"]) {
      try editor.set(features: .sparse(rows: rows, values: [1, .nan]), named: "x", of: Self.paper)
    }
    expectFailure(.badData, ["'x', paper 1, column 1", "70000.0 is beyond 65504", "f32"]) {
      try editor.set(
        features: .dense(values: [1, 2, 3, 70_000, 5, 6, 7, 8, 9, 0], width: 2), named: "x", of: Self.paper,
        elementType: .f16)
    }
    expectFailure(.badData, ["'x' has rows of no numbers"]) {
      try editor.set(features: .dense(values: [], width: 0), named: "x", of: Self.paper)
    }
    expectFailure(.usage, ["'word'", "paper, author"]) {
      try editor.set(features: good, named: "x", of: NodeType("word"))
    }
    for name in ["", "a b", "a\n", "one-hot", "degree", "learned:7", String(repeating: "x", count: 201)] {
      expectFailure(.usage, ["cannot be used as a name"]) {
        try editor.set(features: good, named: name, of: Self.paper)
      }
    }
    #expect(throws: StoreFailure.changed(path: path)) {
      try editor.set(features: good, named: "x", of: Self.paper, snapshot: "of other records")
    }
    struct Stop: Error {}
    #expect(throws: Stop.self) {
      try editor.set(featuresOfWidth: 1 << 18, named: "good", of: Self.paper) { range in
        if range.lowerBound == 3 { throw Stop() }
        return [Float](repeating: 1, count: range.count << 18)
      }
    }
    #expect(throws: StoreFailure.notAStore(path: imported.scratch.file("none"))) {
      try StoreEditor(imported.scratch.file("none")).set(features: good, named: "x", of: Self.paper)
    }
    #expect(try contents(path) == before)
  }

  @Test func `rows of another number than was asked for trap`() async throws {
    let imported = try records(4)
    await #expect(processExitsWith: .failure) { [path = imported.store.path as String] in
      try StoreEditor(path).set(featuresOfWidth: 2, named: "x", of: AcademicSchema.paper) { _ in [1, 2, 3] }
    }
  }

  @Test(arguments: 0..<6) func `a writer that is killed among the rows leaves the store as it was`(block: Int)
    async throws
  {
    let imported = try records(6)
    let path = imported.store.path
    try StoreEditor(path).set(features: .dense(values: [1, 2, 3, 4, 5, 6], width: 1), named: "x", of: Self.paper)
    let before = try contents(path)
    await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String, block = block as Int] in
      try StoreEditor(path).set(featuresOfWidth: 1 << 18, named: "x", of: AcademicSchema.paper) { range in
        if range.lowerBound == block { kill(getpid(), SIGKILL) }
        return [Float](repeating: 7, count: range.count << 18)
      }
    }
    for (name, bytes) in before { #expect(try ByteSource.file("\(path)/\(name)").bytes() == bytes, "\(name)") }
    #expect(try StoreCheck(path).faults.isEmpty)
    #expect(
      try GraphStore(path).features(named: "x", of: Self.paper) == .dense(values: [1, 2, 3, 4, 5, 6], width: 1))
    // The next writer sweeps what was left, and does the whole.
    try StoreEditor(path).set(featuresOfWidth: 1, named: "x", of: Self.paper) { $0.map { Float($0) } }
    #expect(
      try GraphStore(path).features(named: "x", of: Self.paper) == .dense(values: [0, 1, 2, 3, 4, 5], width: 1))
    #expect(try contents(path).count == before.count)
  }

  @Test func `a writer that is killed at any instant leaves one column or the other`() async throws {
    let imported = try records(2_000)
    let path = imported.store.path
    let old = [Float](repeating: 1, count: 2_000 * 64)
    try StoreEditor(path).set(features: .dense(values: .array(old), width: 64), named: "x", of: Self.paper)
    let files = try contents(path).count
    for delay in stride(from: UInt32(0), to: isLong ? 40_000 : 12_000, by: isLong ? 400 : 1_500) {
      await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String, delay = delay as UInt32] in
        Thread.detachNewThread {
          usleep(delay)
          kill(getpid(), SIGKILL)
        }
        while true {
          try StoreEditor(path).set(featuresOfWidth: 64, named: "x", of: AcademicSchema.paper) {
            [Float](repeating: 2, count: $0.count * 64)
          }
        }
      }
      #expect(try StoreCheck(path).faults.isEmpty, "killed after \(delay)")
      let store = try GraphStore(path)
      #expect(store.snapshot == imported.store.snapshot)
      guard case .dense(let values, 64) = try store.features(named: "x", of: Self.paper) else {
        Issue.record("no dense rows of 64")
        return
      }
      #expect(values.count == 2_000 * 64 && (values.allSatisfy { $0 == 1 } || values.allSatisfy { $0 == 2 }))
    }
    try StoreEditor(path).set(features: .dense(values: .array(old), width: 64), named: "x", of: Self.paper)
    #expect(try contents(path).count == files)
  }

  private var isLong: Bool { ProcessInfo.processInfo.environment["GROVE_LONG"] != nil }

  @Test(arguments: [FeatureElement.f32, .f16]) func `damage to a column is found when it is read, and by verify`(
    element: FeatureElement
  ) throws {
    let imported = try records(30)
    let path = imported.store.path
    try StoreEditor(path).set(
      features: .dense(values: .array(random(90)), width: 3), named: "x", of: Self.paper, elementType: element)
    let name = try #require(try GraphStore(path).manifest.nodes[0].features?[0].values?.name)
    let whole = try ByteSource.file("\(path)/\(name)").bytes()
    for place in [5, 64, 64 + 89, whole.count - 1] {
      var bytes = whole
      bytes[place] ^= 1
      try AtomicFile.write(bytes, to: "\(path)/\(name)")
      #expect(throws: StoreFailure.self) { try GraphStore(path).features(named: "x", of: Self.paper) }
      #expect(try StoreCheck(path).faults.count == 1)
    }
    for bytes in [whole.dropLast(), Data()] {
      try AtomicFile.write(bytes, to: "\(path)/\(name)")
      #expect(throws: StoreFailure.self) { try GraphStore(path) }
      #expect(try StoreCheck(path).faults.count == 1)
    }
    unlink("\(path)/\(name)")
    #expect(throws: StoreFailure.self) { try GraphStore(path) }
    #expect(try StoreCheck(path).faults.count == 1)
  }
}

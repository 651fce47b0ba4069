import Foundation
import GroveGraphs
import GroveKernels
import GroveStore
import TestSupport
import Testing

/// Rows nearest to queries: exactly against a slow reference, and through a graph against exactly.
@Suite struct RowIndexTests {
  private func random(_ count: Int, _ width: Int, _ seed: Int) -> [[Float]] {
    var random = TestRandom(seed)
    return (0..<count).map { _ in (0..<width).map { _ in Float.random(in: -1...1, using: &random) } }
  }

  /// Rows around some centers, as texts of a few topics are.
  private func clustered(_ count: Int, _ width: Int, _ seed: Int) -> [[Float]] {
    var random = TestRandom(seed)
    let centers = self.random(12, width, seed + 1)
    return (0..<count).map { _ in
      centers[Int.random(in: 0..<12, using: &random)].map { $0 + Float.random(in: -0.6...0.6, using: &random) }
    }
  }

  private func dense(_ rows: [[Float]], _ width: Int) -> FeatureMatrix {
    .dense(values: .array(rows.flatMap { $0 }), width: width)
  }

  private func options(_ metric: RowIndex.Metric = .cosine, exactRows: Int = 50_000) -> RowIndex.Options {
    var options = RowIndex.Options()
    options.metric = metric
    options.exactRows = exactRows
    return options
  }

  /// All rows, nearest first, in Double.
  private func slow(_ rows: [[Float]], _ query: [Float], _ metric: RowIndex.Metric) -> [(row: Int, score: Double)] {
    func product(_ a: [Float], _ b: [Float]) -> Double { zip(a, b).reduce(0) { $0 + Double($1.0) * Double($1.1) } }
    return rows.enumerated().map { number, row in
      let dot = product(row, query)
      let lengths = (product(row, row) * product(query, query)).squareRoot()
      return (number, metric == .cosine ? (lengths > 0 ? dot / lengths : 0) : dot)
    }.sorted { ($1.1, $0.0) < ($0.1, $1.0) }
  }

  @Test(arguments: [0, 1, 2, 7, 64, 300], [RowIndex.Metric.cosine, .innerProduct])
  func `exact neighbors are those of a slow reference`(count: Int, metric: RowIndex.Metric) throws {
    for width in [1, 3, 64] {
      let rows = random(count, width, count + width)
      let index = try RowIndex(dense(rows, width), options: options(metric))
      #expect(index.isExact && index.count == count && index.width == width)
      let queries = random(5, width, 99)
      let together = try index.neighbors(ofEach: queries, count: 10)
      for (query, many) in zip(queries, together) {
        let expected = slow(rows, query, metric)
        let found = try index.neighbors(of: query, count: 10)
        #expect(found.count == min(10, count) && many.count == found.count)
        for (place, one) in found.enumerated() {
          // Rows of nearly one score may stand in either order.
          #expect(abs(Double(one.score) - expected[place].score) < 1e-5)
          #expect(abs(many[place].score - one.score) < 1e-5)
          let own = expected.first { $0.row == one.row }?.score ?? .nan
          #expect(abs(own - Double(one.score)) < 1e-5)
        }
        #expect(Set(found.map(\.row)).count == found.count)
        #expect(zip(found, found.dropFirst()).allSatisfy { $0.score >= $1.score })
      }
      #expect(try index.neighbors(of: queries[0], count: 0).isEmpty)
      #expect(try index.neighbors(of: queries[0], count: count + 5).count == count)
    }
  }

  @Test func `a worked example: equal rows in their order, rows of zeros in the middle`() throws {
    // Cosines with (1, 0): 1, 0, -1, 1, 0.6, 0.
    let rows = FeatureMatrix.dense(values: [2, 0, 0, 0, -1, 0, 0.5, 0, 3, 4, 0, 7], width: 2)
    let cosine = try RowIndex(rows).neighbors(of: [5, 0], count: 6)
    #expect(cosine.map(\.row) == [0, 3, 4, 1, 5, 2])
    #expect(zip(cosine.map(\.score), [1, 1, 0.6, 0, 0, -1] as [Float]).allSatisfy { abs($0 - $1) < 1e-6 })
    let product = try RowIndex(rows, options: options(.innerProduct)).neighbors(of: [5, 0], count: 3)
    #expect(product.map(\.row) == [4, 0, 3] && product.map(\.score) == [15, 10, 2.5])
    #expect(try RowIndex(rows).neighbors(of: [0, 0], count: 2).map(\.score) == [0, 0])
  }

  @Test(arguments: [RowIndex.Metric.cosine, .innerProduct])
  func `sparse rows are searched as if their zeros were written out`(metric: RowIndex.Metric) throws {
    var generator = TestRandom(4)
    let (count, width) = (90, 20)
    var (offsets, columns, values): ([Int64], [Int32], [Float]) = ([0], [], [])
    var rows = [[Float]](repeating: [Float](repeating: 0, count: width), count: count)
    for row in 0..<count {
      for column in 0..<width where row % 10 != 3 && Int.random(in: 0..<4, using: &generator) == 0 {
        rows[row][column] = Float.random(in: -1...1, using: &generator)
        columns.append(Int32(column))
        values.append(rows[row][column])
      }
      offsets.append(Int64(columns.count))
    }
    let sparse = SparseRows(offsets: offsets, columns: columns, columnCount: width)
    // Sparse rows have no graph, however many they are.
    let index = try RowIndex(.sparse(rows: sparse, values: values), options: options(metric, exactRows: 10))
    #expect(index.isExact)
    let ones = try RowIndex(.sparse(rows: sparse, values: nil), options: options(metric))
    let filled = rows.map { $0.map { $0 == 0 ? Float(0) : 1 } }
    for query in random(4, width, 8) {
      for (found, expected) in [
        (try index.neighbors(of: query, count: 7), slow(rows, query, metric)),
        (try ones.neighbors(of: query, count: 7), slow(filled, query, metric)),
      ] { for (one, other) in zip(found, expected) { #expect(abs(Double(one.score) - other.score) < 1e-5) } }
    }
  }

  @Test(arguments: [RowIndex.Metric.cosine, .innerProduct])
  func `a graph finds nearly all of the nearest, with their exact scores`(metric: RowIndex.Metric) throws {
    let rows = clustered(4_000, 24, 3)
    var told: [Int] = []
    let graph = try RowIndex(dense(rows, 24), options: options(metric, exactRows: 1_000)) { done, total in
      #expect(total == 4_000)
      told.append(done)
    }
    #expect(!graph.isExact && told == [1_000, 2_000, 3_000, 4_000])
    let exact = try RowIndex(dense(rows, 24), options: options(metric))
    #expect(exact.isExact)
    var (hits, all) = (0, 0)
    for query in clustered(100, 24, 70) {
      let found = try graph.neighbors(of: query, count: 10)
      let right = try exact.neighbors(of: query, count: 10)
      #expect(found.count == 10 && zip(found, found.dropFirst()).allSatisfy { $0.score >= $1.score })
      hits += Set(found.map(\.row)).intersection(right.map(\.row)).count
      all += 10
      let scores = try Dictionary(
        uniqueKeysWithValues: exact.neighbors(of: query, count: 4_000).map { ($0.row, $0.score) })
      for one in found { #expect(abs((scores[one.row] ?? .nan) - one.score) < 1e-5) }
    }
    #expect(Double(hits) / Double(all) > 0.97, "recall \(hits) of \(all)")
    // As many as this are searched exactly.
    let query = rows[5]
    #expect(
      try graph.neighbors(of: query, count: 2_000).map(\.row) == exact.neighbors(of: query, count: 2_000).map(\.row))
  }

  @Test func `each row of a graph finds itself`() throws {
    let rows = clustered(1_500, 16, 5)
    let graph = try RowIndex(dense(rows, 16), options: options(exactRows: 0))
    let found = try graph.neighbors(ofEach: rows, count: 1)
    #expect(found.enumerated().count { $1[0].row == $0 } >= 1_495)
  }

  @Test func `what progress throws ends the building`() {
    struct Stop: Error {}
    #expect(throws: Stop.self) {
      _ = try RowIndex(dense(random(2_500, 4, 1), 4), options: options(exactRows: 0)) { done, _ in
        if done == 2_000 { throw Stop() }
      }
    }
  }

  @Test func `queries of another width or without a number trap`() async {
    await #expect(processExitsWith: .failure) {
      _ = try RowIndex(.dense(values: [1, 2, 3, 4], width: 2)).neighbors(of: [1, 2, 3], count: 1)
    }
    await #expect(processExitsWith: .failure) {
      _ = try RowIndex(.dense(values: [1, 2, 3, 4], width: 2)).neighbors(of: [1, .nan], count: 1)
    }
    await #expect(processExitsWith: .failure) {
      _ = try RowIndex(.dense(values: [1, 2, 3, 4], width: 2)).neighbors(of: [1, 2], count: -1)
    }
  }

  // MARK: - Files

  @Test func `a kept graph is what it was, and equal rows give equal files`() throws {
    let scratch = try ScratchFolder()
    let rows = clustered(1_200, 12, 6)
    let matrix = dense(rows, 12)
    let (kept, again) = (scratch.file("search/a.hnsw"), scratch.file("search/b.hnsw"))
    let index = try RowIndex(matrix, options: options(exactRows: 100))
    try index.save(to: kept, identity: "rows")
    try RowIndex(matrix, options: options(exactRows: 100)).save(to: again, identity: "rows")
    #expect(FileContents(kept) == FileContents(again) && FileContents(kept).isPresent)
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: scratch.file("search")).sorted() == [
        "a.hnsw", "a.hnsw.json", "b.hnsw", "b.hnsw.json",
      ])
    let opened = try RowIndex.open(kept, rows: matrix, identity: "rows", options: options(exactRows: 100))
    #expect(!opened.isExact)
    for query in clustered(20, 12, 9) {
      let (old, new) = (try index.neighbors(of: query, count: 9), try opened.neighbors(of: query, count: 9))
      #expect(old.map(\.row) == new.map(\.row) && old.map(\.score) == new.map(\.score))
    }
    // An exact index has nothing to keep.
    try RowIndex(matrix).save(to: scratch.file("none"), identity: "rows")
    #expect(!FileManager.default.fileExists(atPath: scratch.file("none")))
    #expect(try RowIndex.open(scratch.file("none"), rows: matrix, identity: "rows").isExact)
  }

  @Test func `a graph of other rows or options is not taken`() throws {
    let scratch = try ScratchFolder()
    let path = scratch.file("a.hnsw")
    let matrix = dense(clustered(300, 6, 6), 6)
    let usual = options(exactRows: 0)
    expectFailure(.missingInput, [path, "no index"]) {
      _ = try RowIndex.open(path, rows: matrix, identity: "rows", options: usual)
    }
    try RowIndex(matrix, options: usual).save(to: path, identity: "rows")
    expectFailure(.badData, [path, "its rows have changed"]) {
      _ = try RowIndex.open(path, rows: matrix, identity: "other", options: usual)
    }
    expectFailure(.badData, [path, "cosine, expected inner-product"]) {
      _ = try RowIndex.open(path, rows: matrix, identity: "rows", options: options(.innerProduct, exactRows: 0))
    }
    expectFailure(.badData, [path, "300 rows of 6 numbers, expected 299 of 6"]) {
      _ = try RowIndex.open(path, rows: dense(clustered(299, 6, 6), 6), identity: "rows", options: usual)
    }
    var other = usual
    other.seed = 1
    expectFailure(.badData, [path, "other options"]) {
      _ = try RowIndex.open(path, rows: matrix, identity: "rows", options: other)
    }
    expectFailure(.cannotCreate, ["/proc/none"]) {
      try RowIndex(matrix, options: usual).save(to: "/proc/none/a.hnsw", identity: "rows")
    }
  }

  @Test func `damage to either file is found, and another graph is built`() throws {
    let scratch = try ScratchFolder()
    let path = scratch.file("a.hnsw")
    let matrix = dense(clustered(300, 6, 6), 6)
    let usual = options(exactRows: 0)
    try RowIndex(matrix, options: usual).save(to: path, identity: "rows")
    func read(_ file: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: file)) }
    let (graph, text) = (try read(path), try read("\(path).json"))
    var damaged: [(String, Data)] = [
      (path, Data()), (path, graph.dropLast()), (path, graph + Data([0])), ("\(path).json", Data()),
      ("\(path).json", text.dropLast(3)), ("\(path).json", Data("[]".utf8)),
    ]
    var random = TestRandom(2)
    for round in 0..<40 {
      var bytes = graph
      // The first bytes hold the counts that all reading depends on.
      bytes[Int.random(in: 0..<(round % 2 == 0 ? 96 : graph.count), using: &random)] ^=
        UInt8.random(in: 1...255, using: &random)
      damaged.append((path, bytes))
    }
    for (file, bytes) in damaged {
      try AtomicFile.write(bytes, to: file)
      #expect(throws: RowIndexFailure.self) {
        try RowIndex.open(path, rows: matrix, identity: "rows", options: usual)
      }
      _ = try RowIndex.opened(at: path, rows: matrix, identity: "rows", options: usual)
      #expect(try read(path) == graph && read("\(path).json") == text)
    }
    // What is whole is not built again.
    _ = try RowIndex.opened(at: path, rows: matrix, identity: "rows", options: usual) { _, _ in
      Issue.record("built again")
    }
  }
}

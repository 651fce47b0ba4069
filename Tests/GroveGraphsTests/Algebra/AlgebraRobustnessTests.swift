import GroveKernels
import Testing

@testable import GroveGraphs

/// A graph large enough that every call has work for several threads, with weights whose sums round.
private func roundingGraph() throws -> SparseMatrix {
  var random = RandomStream(seed: 21).generator
  var (rows, columns, values): ([Int32], [Int32], [Float]) = ([], [], [])
  for entry in 0..<30_000 {
    // A few nodes with very many edges: their rows are what a library would split among threads.
    rows.append(Int32(entry % 3 == 0 ? random.next(below: 3) : random.next(below: 2_000)))
    columns.append(Int32(entry % 7 == 0 ? random.next(below: 2) : random.next(below: 2_000)))
    values.append(Float(random.next(below: 1 << 24)) * 0x1p-24 + 0.01)
  }
  return try SparseMatrix(
    rows: rows, columns: columns, values: values, rowCount: 2_000, columnCount: 2_000, duplicates: .sum)
}

/// Everything that an operation gives, as bits.
private struct Bits: Equatable {
  var numbers: [UInt64] = []

  mutating func add(_ matrix: SparseMatrix) throws {
    let (rows, values) = try matrix.sparseRows()
    numbers += rows.offsets.map { UInt64($0) }
    numbers += rows.columns.map { UInt64($0) }
    numbers += values.map { UInt64($0.bitPattern) }
  }

  mutating func add(_ values: [Double]) { numbers += values.map(\.bitPattern) }
}

@Suite("Graph algebra: threads and memory", .serialized)
struct AlgebraRobustnessTests {
  static let operations: [String] = [
    "build", "transpose", "symmetrize", "multiply", "multiply few rows",
    "masked multiply", "min plus", "count walks", "sums", "pagerank",
    "personalized", "components", "triangles", "reach", "sum",
  ]

  private func bits(of operation: String, _ graph: SparseMatrix?) throws -> Bits {
    let graph = try graph ?? roundingGraph()
    var bits = Bits()
    switch operation {
    case "build": try bits.add(roundingGraph())
    case "transpose": try bits.add(graph.transposed())
    case "symmetrize": try bits.add(graph.symmetrized(.sum))
    case "multiply": try bits.add(graph.multiplied(by: graph))
    case "multiply few rows":
      // Left to itself, GraphBLAS gives one row to several threads, which then add in any order.
      let few = try graph.submatrix(rows: [0, 1], columns: [Int32](0..<Int32(graph.columnCount)))
      try bits.add(few.multiplied(by: graph))
    case "masked multiply": try bits.add(graph.multiplied(by: graph, mask: .inside(graph)))
    case "min plus": try bits.add(graph.multiplied(by: graph, semiring: .minPlus, mask: .inside(graph)))
    case "count walks": try bits.add(graph.multiplied(by: graph, semiring: .plusPair, mask: .inside(graph)))
    case "sums":
      bits.add(try graph.rowSums())
      bits.add(try graph.columnSums())
      bits.numbers += try graph.rowDegrees().map { UInt64($0) } + graph.columnDegrees().map { UInt64($0) }
    case "pagerank": bits.add(try graph.pageRank(maximumIterations: 20).ranks)
    case "personalized":
      let (rows, values) = try graph.personalizedPageRanks(
        ofEach: [Int32](0..<9), droppingBelow: 0, options: RandomWalkOptions(maximumIterations: 12))
      bits.numbers += rows.columns.map { UInt64($0) } + values.map { UInt64($0.bitPattern) }
    case "components": bits.numbers += try graph.connectedComponents().labels.map { UInt64($0) }
    case "triangles": bits.numbers.append(UInt64(try graph.triangleCount()))
    case "reach":
      let reach = try graph.reach(from: [5, 900], hops: 2)
      bits.numbers += reach.nodes.map { UInt64($0) } + reach.hops.map { UInt64($0) }
    default: try bits.add(graph.elementwiseSum(graph.transposed()))
    }
    return bits
  }

  @Test("Results have the same bytes for 1, 2, 3 and 8 threads", arguments: operations)
  func threads(_ operation: String) throws {
    defer { try? GraphBLASLibrary.setThreadCount(Workers.threadCount, workPerThread: 0) }
    let graph = try roundingGraph()
    try GraphBLASLibrary.setThreadCount(1, workPerThread: 1)
    let expected = try bits(of: operation, graph)
    #expect(!expected.numbers.isEmpty)
    for count in [2, 3, 8] {
      try GraphBLASLibrary.setThreadCount(count, workPerThread: 1)
      for _ in 0..<3 { #expect(try bits(of: operation, graph) == expected, "\(count) threads") }
    }
  }

  @Test(
    "Whichever allocation fails, an operation throws that memory is short and works afterwards",
    arguments: operations)
  func failingAllocations(_ operation: String) throws {
    func run() throws -> Bits {
      let graph = try KarateClub.halves().scaledRows(by: (0..<34).map { Float($0) + 1 })
      if operation == "build" {
        var bits = Bits()
        try bits.add(graph)
        return bits
      }
      return operation == "reach" ? try reachBits(graph) : try bits(of: operation, graph)
    }
    let expected = try run()
    var failures = 0
    for allowed in 0..<5_000 {
      try GraphBLASLibrary.limitAllocations(to: allowed)
      let result = Result { try run() }
      try GraphBLASLibrary.limitAllocations(to: nil)
      switch result {
      case .success(let bits):
        #expect(bits == expected)
        #expect(failures > 0)
        return
      case .failure(let failure):
        failures += 1
        guard case .outOfMemory? = failure as? AlgebraFailure else {
          Issue.record("allocation \(allowed): \(failure)")
          return
        }
      }
      #expect(try run() == expected)
    }
    Issue.record("never enough memory")
  }

  private func reachBits(_ graph: SparseMatrix) throws -> Bits {
    let reach = try graph.reach(from: [5, 9], hops: 3)
    return Bits(numbers: reach.nodes.map { UInt64($0) } + reach.hops.map { UInt64($0) })
  }

  @Test("A failure says which operation it was and what to do")
  func descriptions() {
    #expect(AlgebraFailure.outOfMemory(operation: "transpose").description.contains("'transpose'"))
    #expect(AlgebraFailure.failed(operation: "mask", status: "GrB_PANIC").description.contains("GrB_PANIC"))
    #expect(AlgebraFailure.failed(operation: "mask", status: "GrB_PANIC").kind == .internalFault)
  }
}

import CHNSW
import GroveKernels

/// Rows in a graph of several layers, in which a walk from layer to layer finds those near a query.
///
/// One task at a time.
///
/// - Source: Malkov and Yashunin 2020; hnswlib.
final class HNSWGraph {
  private let handle: OpaquePointer
  let width: Int

  private init(_ handle: OpaquePointer, width: Int) {
    self.handle = handle
    self.width = width
  }

  deinit { grove_hnsw_free(handle) }

  /// An empty graph for inner products of rows.
  ///
  /// - Throws: `RowIndexFailure.outOfMemory`.
  convenience init(width: Int, capacity: Int, links: Int, candidates: Int, seed: UInt64) throws {
    guard let handle = grove_hnsw_create(width, capacity, links, candidates, seed) else {
      throw RowIndexFailure.outOfMemory(rows: capacity)
    }
    self.init(handle, width: width)
  }

  /// The graph of a file whose bytes are right.
  ///
  /// - Throws: `RowIndexFailure.damaged`.
  convenience init(path: String, width: Int, count: Int) throws {
    guard let handle = grove_hnsw_load(path, width, count) else {
      throw RowIndexFailure.damaged(path: path, problem: "it does not hold \(count) rows of \(width) numbers")
    }
    self.init(handle, width: width)
  }

  func add(_ row: [Float], number: Int) throws {
    precondition(row.count == width, "HNSWGraph: a row of \(row.count) numbers, expected \(width)")
    guard grove_hnsw_add(handle, row, UInt64(number)) == 0 else { throw RowIndexFailure.outOfMemory(rows: number) }
  }

  /// Numbers of rows with large inner products, in no order.
  func search(_ query: [Float], count: Int, candidates: Int) throws -> [Int] {
    precondition(query.count == width, "HNSWGraph: a query of \(query.count) numbers, expected \(width)")
    var numbers = [UInt64](repeating: 0, count: count)
    let found = grove_hnsw_search(handle, query, count, candidates, &numbers)
    guard found >= 0 else { throw RowIndexFailure.outOfMemory(rows: candidates) }
    return numbers.prefix(found).map { Int($0) }
  }

  /// Writes the graph; false where not all of it was written.
  func write(_ path: String) -> Bool {
    let expected = grove_hnsw_save(handle, path)
    guard expected >= 0, let size = try? ByteSource.file(path).tail(0).size else { return false }
    return Int64(size) == expected
  }
}

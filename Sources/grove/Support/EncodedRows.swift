import Foundation
import GroveGraphs
import GroveKernels
import GroveLanguage
import GroveLearning
import GroveStore
import GroveTensors

/// Rows of many texts: sparse ones at hand, dense ones on the disk.
struct EncodedRows {
  enum Contents {
    case sparse(FeatureMatrix)
    /// The row of each text by its key.
    case kept(CachedEncoding, keys: [RowLog.Key])
  }

  let count: Int
  let width: Int
  let contents: Contents
  /// Texts whose rows were at hand.
  let cached: Int
  /// Nodes that had no text.
  let absent: Int
  /// Time that it took.
  let seconds: Double
  /// Billions of floating-point operations of products, a second.
  let gigaflops: Double

  /// Sparse rows are made 4,096 texts at a time.
  private static let pieceSize = 4096

  /// - Parameters:
  ///   - count: how many texts there are.
  ///   - cache: folder in which dense rows are kept.
  ///   - texts: calls what it is given with each text in order; returns how many nodes had none.
  /// - Throws: what the encoder, the texts and the cache throw; `EncodingInterrupted`.
  init(
    _ count: Int, _ encoder: any TextEncoder, cache: String,
    _ texts: @escaping (_ take: (String) throws -> Void) throws -> Int
  ) throws {
    let start = Date()
    let before = KernelWork.done
    self.count = count
    width = encoder.width
    var absent = 0
    if encoder.givesSparseRows {
      var parts: [FeatureMatrix] = []
      var waiting: [String] = []
      absent = try texts { text in
        waiting.append(text)
        if waiting.count == EncodedRows.pieceSize {
          parts.append(try encoder.encode(waiting))
          waiting.removeAll(keepingCapacity: true)
        }
      }
      parts.append(try encoder.encode(waiting))
      contents = .sparse(EncodedRows.joined(parts, width: encoder.width))
      cached = 0
    } else {
      let encoding = try CachedEncoding(encoder, in: cache)
      let progress = EncodingProgress(total: count)
      defer { progress.clear() }
      let keys = try encoding.encode({ absent = try texts($0) }, progress: progress.show)
      contents = .kept(encoding, keys: keys)
      cached = encoding.cachedCount
    }
    self.absent = absent
    seconds = Date().timeIntervalSince(start)
    gigaflops = Double((KernelWork.done - before).operations) / max(1e-9, seconds) / 1e9
  }

  private static func joined(_ parts: [FeatureMatrix], width: Int) -> FeatureMatrix {
    var offsets: [Int64] = [0]
    var columns: [Int32] = []
    var values: [Float] = []
    for case .sparse(let rows, let numbers) in parts {
      let start = Int64(columns.count)
      offsets += rows.offsets.dropFirst().map { $0 + start }
      columns += rows.columns
      values += numbers ?? [Float](repeating: 1, count: rows.entryCount)
    }
    return .sparse(rows: SparseRows(offsets: offsets, columns: columns, columnCount: width), values: values)
  }

  /// All rows in memory.
  func matrix() throws -> FeatureMatrix {
    switch contents {
    case .sparse(let matrix): matrix
    case .kept(let encoding, let keys): .dense(values: .array(try encoding.rows(keys).values), width: width)
    }
  }

  /// All rows as a table to give away.
  func table(ids: [String]?) throws -> EmbeddingTable {
    EmbeddingTable(ids: ids, rows: count, width: width, values: EncodedRows.dense(try matrix()))
  }

  /// Every number of a matrix, row after row.
  static func dense(_ matrix: FeatureMatrix) -> [Float] {
    switch matrix {
    case .dense(let values, _): values.copied
    case .sparse: matrix.tensor().values
    }
  }
}

import CKernels

/// The Swift face of the C kernels: shapes are checked here, blocks are handed to the workers here.
///
/// Letters: N rows, E edges, F width, H heads. Buffers are row-major. "Adds" means that the output accumulates.
public enum Kernels {
  /// Chosen once and never written: safe to read from any thread.
  nonisolated(unsafe) static let table: UnsafePointer<grove_kernels> = {
    guard let table = grove_active_kernels() else {
      fatalError("Kernels: the CPU path named by GROVE_CPU cannot run here; call CPUPath.check() first")
    }
    return table
  }()

  /// Rows of a block, so that a block costs about 32,768 operations.
  ///
  /// Depends on shapes only.
  static func grain(cost perRow: Int) -> Int { max(1, 32_768 / max(1, perRow)) }

  /// Elements of a block of elementwise work.
  static let elementGrain = 16_384

  static func check(_ buffer: FloatBuffer, holds count: Int, _ what: @autoclosure () -> String) {
    precondition(buffer.count == count, "\(what()): \(buffer.count) floats where \(count) are needed")
  }

  /// Calls `body` with the C form of an index.
  static func withIndex<Result>(_ index: EdgeIndex, _ body: (grove_csr) -> Result) -> Result {
    index.offsets.withUnsafeBufferPointer { offsets in
      index.columns.withUnsafeBufferPointer { columns in
        withOptional(index.positions) { positions in
          withOptional(index.identities) { identities in
            body(
              grove_csr(
                offsets: offsets.baseAddress, columns: columns.baseAddress, positions: positions,
                identities: identities))
          }
        }
      }
    }
  }

  static func withOptional<Element, Result>(
    _ array: [Element]?, _ body: (UnsafePointer<Element>?) -> Result
  ) -> Result {
    guard let array else { return body(nil) }
    return array.withUnsafeBufferPointer { body($0.baseAddress) }
  }
}

/// The instruction set that the kernels run on.
public enum CPUPath {
  /// `avx512`, `avx2` or `portable`.
  public static var name: String { String(cString: Kernels.table.pointee.name) }

  /// Whether the path asked for by the environment variable GROVE_CPU exists here.
  /// - Throws: `CPUPathFailure` naming what was asked for.
  public static func check(_ requested: String?) throws {
    if let requested, !requested.isEmpty, grove_kernels_named(requested) == nil {
      throw CPUPathFailure(requested: requested)
    }
  }

  /// The paths that this processor can run.
  public static var available: [String] { ["portable", "avx2", "avx512"].filter { grove_kernels_named($0) != nil } }
}

/// GROVE_CPU names a path that does not exist or that this processor lacks.
public struct CPUPathFailure: Failure {
  /// What GROVE_CPU was set to.
  public let requested: String
  /// `usage`: the environment variable is off.
  public var kind: FailureKind { .usage }
  /// What was asked for and which paths can be had, in one sentence.
  public var description: String {
    "GROVE_CPU=\(requested): this processor can run \(CPUPath.available.joined(separator: ", ")); choose one of these"
  }
}

import CKernels
import GroveKernels
import TestSupport

/// One table of kernels.
struct KernelPath {
  let name: String
  let table: grove_kernels

  /// Every path of this processor: the sweeps run on each.
  static var all: [KernelPath] {
    ["portable", "avx2", "avx512"].compactMap { name in
      grove_kernels_named(name).map { KernelPath(name: name, table: $0.pointee) }
    }
  }

  /// Widths around every vector length and unrolling.
  static let widths = Array(1...40) + [48, 63, 64, 65, 80, 96, 100, 112, 127, 128, 129, 160, 256, 300]

  /// Numbers of heads that divide a width, above those of one vector too.
  static func heads(_ width: Int) -> [Int] { [1, 2, 3, 8, 20].filter { width % $0 == 0 } }

  /// Calls `body` with the two ranges [0, count / 3) and [count / 3, count): a kernel may not care how rows are cut.
  static func inTwoRanges(_ count: Int, _ body: (Int64, Int64) -> Void) {
    body(0, Int64(count / 3))
    body(Int64(count / 3), Int64(count))
  }
}

extension EdgeIndex {
  /// Calls `body` with the C form.
  func withCSR<Result>(_ body: (grove_csr) -> Result) -> Result {
    func optional<Element>(_ array: [Element]?, _ use: (UnsafePointer<Element>?) -> Result) -> Result {
      guard let array else { return use(nil) }
      return array.withUnsafeBufferPointer { use($0.baseAddress) }
    }
    return offsets.withUnsafeBufferPointer { offsets in
      columns.withUnsafeBufferPointer { columns in
        optional(positions) { positions in
          optional(identities) { identities in
            body(
              grove_csr(
                offsets: offsets.baseAddress, columns: columns.baseAddress, positions: positions,
                identities: identities))
          }
        }
      }
    }
  }
}

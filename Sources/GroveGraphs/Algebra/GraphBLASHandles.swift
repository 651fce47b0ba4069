import CGraphBLAS
import GroveKernels

/// The library as a whole: started by the first handle, with as many threads as the worker pool then has.
///
/// GraphBLAS has OpenMP threads of its own. Graph algebra is called from the main path, while the pool sleeps.
enum GraphBLASLibrary {
  /// The status of starting, which happens once.
  private static let status = grove_graphblas_start(Int32(clamping: Workers.threadCount))

  static func start() throws(AlgebraFailure) {
    guard status == GrB_SUCCESS else { throw AlgebraFailure("start", status) }
  }

  /// For tests: how many threads calls use, and the work below which they keep to one (0: the library's choice).
  static func setThreadCount(_ count: Int, workPerThread: Double) throws(AlgebraFailure) {
    try start()
    grove_graphblas_set_threads(Int32(clamping: count), workPerThread)
  }

  /// For tests: makes allocations of this thread fail after `count` more; nil ends that.
  static func limitAllocations(to count: Int?) throws(AlgebraFailure) {
    try start()
    grove_graphblas_limit_allocations(Int64(count ?? -1))
  }

  /// Version of the library, such as `7.4.0`.
  static var version: String { String(cString: grove_graphblas_version()) }
}

/// Makes one GraphBLAS call and throws unless it succeeds.
///
/// The objects live until it has returned.
func graphBLAS(_ operation: StaticString, _ objects: AnyObject?..., body: () -> GrB_Info) throws(AlgebraFailure) {
  let status = withExtendedLifetime(objects) { body() }
  guard status == GrB_SUCCESS else { throw AlgebraFailure(operation, status) }
}

/// The descriptor of an operation's options, from the GROVE_ bits of the shim.
func graphBLASDescriptor(_ bits: Int...) -> GrB_Descriptor? { grove_descriptor(Int32(bits.reduce(0, |))) }

/// What kind of numbers an object holds.
enum EntryKind {
  case bool, int32, int64, float, double

  var type: GrB_Type {
    switch self {
    case .bool: grove_type_bool()
    case .int32: grove_type_int32()
    case .int64: grove_type_int64()
    case .float: grove_type_fp32()
    case .double: grove_type_fp64()
    }
  }
}

/// Owns one GrB_Matrix, empty at first.
final class MatrixHandle {
  let pointer: GrB_Matrix

  init(_ kind: EntryKind, rows: Int, columns: Int) throws(AlgebraFailure) {
    try GraphBLASLibrary.start()
    var made: GrB_Matrix?
    let status = GrB_Matrix_new(&made, kind.type, GrB_Index(rows), GrB_Index(columns))
    guard status == GrB_SUCCESS, let made else { throw AlgebraFailure("new matrix", status) }
    pointer = made
  }

  /// Takes over a matrix that a call has made.
  init(adopting pointer: GrB_Matrix) { self.pointer = pointer }

  deinit {
    var freed: GrB_Matrix? = pointer
    GrB_Matrix_free(&freed)
  }
}

/// Owns one GrB_Vector, empty at first.
final class VectorHandle {
  let pointer: GrB_Vector

  init(_ kind: EntryKind, count: Int) throws(AlgebraFailure) {
    try GraphBLASLibrary.start()
    var made: GrB_Vector?
    let status = GrB_Vector_new(&made, kind.type, GrB_Index(count))
    guard status == GrB_SUCCESS, let made else { throw AlgebraFailure("new vector", status) }
    pointer = made
  }

  deinit {
    var freed: GrB_Vector? = pointer
    GrB_Vector_free(&freed)
  }

  var entryCount: Int {
    var count: GrB_Index = 0
    GrB_Vector_nvals(&count, pointer)
    return Int(count)
  }
}

/// Memory that GraphBLAS can take over: one allocation, freed here unless it has been given away.
struct LentMemory<Element>: ~Copyable {
  /// nil once given away.
  private(set) var start: UnsafeMutablePointer<Element>?
  let count: Int

  init(count: Int, for operation: StaticString) throws(AlgebraFailure) {
    guard let raw = grove_graphblas_allocate(count * MemoryLayout<Element>.stride) else {
      throw AlgebraFailure(operation, GrB_OUT_OF_MEMORY)
    }
    start = raw.bindMemory(to: Element.self, capacity: count)
    self.count = count
  }

  /// Bytes, at least one, as the pack functions want to hear it.
  var byteCount: GrB_Index { GrB_Index(Swift.max(count * MemoryLayout<Element>.stride, 1)) }

  /// To be called once GraphBLAS owns the memory.
  mutating func giveAway() { start = nil }

  deinit { if let start { grove_graphblas_release(start) } }
}

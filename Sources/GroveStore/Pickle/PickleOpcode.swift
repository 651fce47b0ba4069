/// The instructions of Python's pickles that are known here, by their byte.
///
/// - Source: the comments of `pickletools.py` of Python 3.13, protocols 0 to 5.
enum PickleOpcode: UInt8 {
  // Values.
  case none = 0x4e, newTrue = 0x88, newFalse = 0x89
  case int = 0x49, binInt = 0x4a, binInt1 = 0x4b, binInt2 = 0x4d, long = 0x4c, long1 = 0x8a, long4 = 0x8b
  case float = 0x46, binFloat = 0x47
  case string = 0x53, binString = 0x54, shortBinString = 0x55
  case unicode = 0x56, binUnicode = 0x58, shortBinUnicode = 0x8c, binUnicode8 = 0x8d
  case binBytes = 0x42, shortBinBytes = 0x43, binBytes8 = 0x8e, byteArray8 = 0x96
  // Containers.
  case emptyTuple = 0x29, tuple = 0x74, tuple1 = 0x85, tuple2 = 0x86, tuple3 = 0x87
  case emptyList = 0x5d, list = 0x6c, append = 0x61, appends = 0x65
  case emptyDict = 0x7d, dict = 0x64, setItem = 0x73, setItems = 0x75
  case emptySet = 0x8f, addItems = 0x90, frozenSet = 0x91
  // Stack and memo.
  case mark = 0x28, pop = 0x30, popMark = 0x31, dup = 0x32
  case put = 0x70, binPut = 0x71, longBinPut = 0x72, memoize = 0x94
  case get = 0x67, binGet = 0x68, longBinGet = 0x6a
  // Objects: understood for the names of `PickleGlobal` alone.
  case global = 0x63, stackGlobal = 0x93, reduce = 0x52, build = 0x62, newObject = 0x81
  // Frames.
  case proto = 0x80, frame = 0x95, stop = 0x2e
  // Never carried out.
  case persistentID = 0x50, binPersistentID = 0x51, instance = 0x69, object = 0x6f, newObjectWithKeywords = 0x92
  case extension1 = 0x82, extension2 = 0x83, extension4 = 0x84, nextBuffer = 0x97, readOnlyBuffer = 0x98

  /// What `pickletools` calls an instruction that is refused, or its byte.
  static func refusedName(_ byte: UInt8) -> String {
    switch PickleOpcode(rawValue: byte) {
    case .persistentID: "PERSID"
    case .binPersistentID: "BINPERSID"
    case .instance: "INST"
    case .object: "OBJ"
    case .newObjectWithKeywords: "NEWOBJ_EX"
    case .extension1: "EXT1"
    case .extension2: "EXT2"
    case .extension4: "EXT4"
    case .nextBuffer: "NEXT_BUFFER"
    case .readOnlyBuffer: "READONLY_BUFFER"
    default: "0x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }
  }
}

/// The names of Python that a pickle may use: all that arrays, sparse matrices and containers need.
enum PickleGlobal: UInt8 {
  case reconstructArray, arrayFromBuffer, array, elementType, sparseMatrix
  case defaultDictionary, list, dictionary, set, object
  case encode, reconstructObject

  /// The meaning of a module and a name, or nil for all others.
  init?(module: String, name: String) {
    switch (module, name) {
    case ("numpy.core.multiarray", "_reconstruct"), ("numpy._core.multiarray", "_reconstruct"): self = .reconstructArray
    case ("numpy.core.numeric", "_frombuffer"), ("numpy._core.numeric", "_frombuffer"): self = .arrayFromBuffer
    case ("numpy", "ndarray"): self = .array
    case ("numpy", "dtype"): self = .elementType
    case ("scipy.sparse.csr", "csr_matrix"), ("scipy.sparse._csr", "csr_matrix"): self = .sparseMatrix
    case ("collections", "defaultdict"): self = .defaultDictionary
    case ("__builtin__", "list"), ("builtins", "list"): self = .list
    case ("__builtin__", "dict"), ("builtins", "dict"): self = .dictionary
    case ("__builtin__", "set"), ("builtins", "set"): self = .set
    case ("__builtin__", "object"), ("builtins", "object"): self = .object
    case ("_codecs", "encode"): self = .encode
    case ("copy_reg", "_reconstructor"), ("copyreg", "_reconstructor"): self = .reconstructObject
    default: return nil
    }
  }

  /// As a message calls it.
  var word: String {
    switch self {
    case .reconstructArray: "numpy.core.multiarray._reconstruct"
    case .arrayFromBuffer: "numpy.core.numeric._frombuffer"
    case .array: "numpy.ndarray"
    case .elementType: "numpy.dtype"
    case .sparseMatrix: "scipy.sparse.csr_matrix"
    case .defaultDictionary: "collections.defaultdict"
    case .list: "list"
    case .dictionary: "dict"
    case .set: "set"
    case .object: "object"
    case .encode: "_codecs.encode"
    case .reconstructObject: "copyreg._reconstructor"
    }
  }
}

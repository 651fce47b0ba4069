import Foundation

/// What a file really is, judged by its first bytes.
enum FileKind: Equatable {
  case empty, gzip, zstandard, xz, bzip2, lz4, zip, sevenZip, tar, numpy, pickle, sqlite, hdf5, safetensors, text,
    binary

  /// Bytes that are enough to tell.
  static let headCount = 512

  init(head: Data) {
    let bytes = [UInt8](head.prefix(FileKind.headCount))
    func starts(_ magic: [UInt8], at place: Int = 0) -> Bool {
      bytes.count >= place + magic.count && Array(bytes[place..<place + magic.count]) == magic
    }
    if bytes.isEmpty {
      self = .empty
    } else if starts([0x1f, 0x8b]) {
      self = .gzip
    } else if starts([0x28, 0xb5, 0x2f, 0xfd]) {
      self = .zstandard
    } else if starts([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]) {
      self = .xz
    } else if starts([0x42, 0x5a, 0x68]) && starts([0x31, 0x41, 0x59, 0x26, 0x53, 0x59], at: 4) {
      self = .bzip2
    } else if starts([0x04, 0x22, 0x4d, 0x18]) {
      self = .lz4
    } else if starts([0x50, 0x4b, 3, 4]) || starts([0x50, 0x4b, 5, 6]) {
      self = .zip
    } else if starts([0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c]) {
      self = .sevenZip
    } else if starts(Array("ustar".utf8), at: 257) {
      self = .tar
    } else if starts([0x93] + Array("NUMPY".utf8)) {
      self = .numpy
    } else if bytes[0] == 0x80 && bytes.count > 1 && (2...5).contains(bytes[1]) {
      self = .pickle
    } else if starts(Array("SQLite format 3".utf8)) {
      self = .sqlite
    } else if starts([0x89] + Array("HDF".utf8)) {
      self = .hdf5
    } else if bytes.count > 9 && bytes[8] == 0x7b && bytes[4..<8].allSatisfy({ $0 == 0 }) {
      self = .safetensors
    } else if bytes.allSatisfy({ $0 >= 32 || (9...13).contains($0) }) {
      self = .text
    } else {
      self = .binary
    }
  }

  /// Whether one file lies inside, compressed.
  var isCompressed: Bool {
    switch self {
    case .gzip, .zstandard, .xz, .bzip2, .lz4: true
    default: false
    }
  }

  /// Whether named files lie inside.
  var isArchive: Bool { self == .zip || self == .sevenZip || self == .tar }

  /// In words, as in "but it holds …".
  var description: String {
    switch self {
    case .empty: "nothing"
    case .gzip: "a gzip stream"
    case .zstandard: "a zstd stream"
    case .xz: "an xz stream"
    case .bzip2: "a bzip2 stream"
    case .lz4: "an lz4 stream"
    case .zip: "a zip archive"
    case .sevenZip: "a 7z archive"
    case .tar: "a tar archive"
    case .numpy: "a NumPy array"
    case .pickle: "a Python pickle"
    case .sqlite: "an SQLite database"
    case .hdf5: "an HDF5 file"
    case .safetensors: "a safetensors file"
    case .text: "text"
    case .binary: "unknown binary data"
    }
  }

  /// What an extension promises, or nil for extensions without one meaning.
  static func promise(ofExtension name: String) -> (kinds: [FileKind], words: String)? {
    switch name {
    case "npy": ([.numpy], "a NumPy array")
    case "npz": ([.zip], "a NumPy archive (zip)")
    case "zip": ([.zip], "a zip archive")
    case "tar": ([.tar], "a tar archive")
    case "7z": ([.sevenZip], "a 7z archive")
    case "gz", "tgz": ([.gzip], "a gzip stream")
    case "zst", "tzst": ([.zstandard], "a zstd stream")
    case "xz", "txz": ([.xz], "an xz stream")
    case "bz2", "tbz2": ([.bzip2], "a bzip2 stream")
    case "lz4": ([.lz4], "an lz4 stream")
    case "csv", "tsv", "txt", "edgelist", "json", "jsonl", "content", "cites", "mtx", "graphml": ([.text], "text")
    default: nil
    }
  }

  /// Refuses a file whose name promises something else than its bytes are.
  ///
  /// Text is judged leniently: bytes that are
  /// not clearly another kind may be text in an old encoding, which its reader judges.
  static func check(_ kind: FileKind, named name: String, at path: String) throws {
    if kind == .empty { throw FormatFailure.empty(path: path) }
    let promised = (name as NSString).pathExtension.lowercased()
    guard let promise = FileKind.promise(ofExtension: promised), !promise.kinds.contains(kind) else { return }
    if promise.kinds == [.text] && kind == .binary { return }
    throw FormatFailure.wrongExtension(path: path, promised: promise.words, found: kind.description)
  }
}

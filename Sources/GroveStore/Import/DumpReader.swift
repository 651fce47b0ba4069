import Foundation
import GroveKernels

/// A stretch of a dump that holds whole records, with room behind it for the parser to look ahead.
final class DumpBatch: @unchecked Sendable {
  // Sendable because one worker at a time fills and reads a batch.
  /// Numbered from 0 over the whole dump; depends on the files alone.
  fileprivate(set) var index = 0
  /// Which file of the dump it is of.
  fileprivate(set) var member = 0
  /// Bytes of the file before it, unpacked.
  fileprivate(set) var offset = 0
  fileprivate(set) var framing = JSONFraming.lines
  fileprivate(set) var hint: RecordKind?
  fileprivate var memory = UnsafeMutableRawBufferPointer(start: nil, count: 0)
  fileprivate var count = 0

  deinit { memory.deallocate() }

  /// Bytes of whole records.
  var bytes: Bytes {
    Bytes(start: memory.baseAddress?.assumingMemoryBound(to: UInt8.self), count: count)
  }

  fileprivate func reserve(_ capacity: Int, keeping used: Int) {
    if memory.count >= capacity + DumpReader.padding { return }
    let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: capacity + DumpReader.padding, alignment: 64)
    larger.initializeMemory(as: UInt8.self, repeating: 0)
    if used > 0 { memcpy(larger.baseAddress!, memory.baseAddress!, used) }
    memory.deallocate()
    memory = larger
  }
}

/// A bad record that ends an import: so many lines after so many bytes of a file.
struct BadRecord: Error {
  let member: Int
  let offset: Int
  let line: Int
  let reason: String
}

/// Cuts a dump into batches of whole records, in order; one caller at a time.
///
/// Memory: one batch, however long the files; a record longer than a batch makes its batch longer.
final class DumpReader {
  static let batchSize = 4 << 20
  /// Bytes behind a batch that may be read.
  static let padding = 64

  let files: DumpFiles
  /// Files that were passed over, and files that look cut short.
  private(set) var warnings: [String] = []
  /// What was read of all files, unpacked.
  private(set) var byteCount = 0
  /// How the first records of all files look.
  private(set) var traits: RecordTraits = []

  private var nextMember = 0
  private var offset = 0
  private var stream: DumpStream?
  private var framing = JSONFraming.lines
  private var hint: RecordKind?
  private var isArray = false
  private var carry: [UInt8] = []
  private var nextIndex: Int

  /// - Parameter firstIndex: number of the first batch.
  init(_ files: DumpFiles, firstIndex: Int) {
    self.files = files
    nextIndex = firstIndex
    warnings = files.notes
  }

  /// Fills `batch` with the next records.
  ///
  /// - Returns: false at the end of the dump.
  /// - Throws: `FormatFailure` for a damaged file, or one that the user named and that holds no academic records.
  func next(_ batch: DumpBatch) throws -> Bool {
    while true {
      var isFirst = false
      if stream == nil {
        guard nextMember < files.members.count else { return false }
        stream = try DumpStream(files.members[nextMember])
        nextMember += 1
        carry = []
        offset = 0
        isFirst = true
      }
      guard let stream else { return false }
      var used = carry.count
      batch.reserve(max(DumpReader.batchSize, used), keeping: 0)
      carry.withUnsafeBytes { if used > 0 { memcpy(batch.memory.baseAddress!, $0.baseAddress!, used) } }
      carry.removeAll(keepingCapacity: true)
      var capacity = max(DumpReader.batchSize, used)
      while true {
        let got = try stream.read(into: UnsafeMutableRawBufferPointer(rebasing: batch.memory[used..<capacity]))
        used += got
        byteCount += got
        let isWhole = used < capacity
        batch.count = used
        if isFirst {
          guard let found = JSONFraming(head: batch.bytes, isWhole: isWhole) else {
            capacity *= 2
            batch.reserve(capacity, keeping: used)
            continue
          }
          framing = found
        }
        guard let cut = framing.cut(batch.bytes, isWhole: isWhole) else {
          capacity *= 2
          batch.reserve(capacity, keeping: used)
          continue
        }
        if isFirst, try !begin(Bytes(rebasing: batch.bytes[..<cut])) {
          self.stream = nil
          break
        }
        carry.append(contentsOf: batch.bytes[cut...])
        batch.count = cut
        if isWhole { finishFile(batch.bytes) }
        memset(batch.memory.baseAddress! + cut, 0, DumpReader.padding)
        batch.index = nextIndex
        batch.member = nextMember - 1
        batch.offset = offset
        offset += cut
        batch.framing = framing
        batch.hint = hint
        nextIndex += 1
        return true
      }
    }
  }

  /// Looks at the first records of a file: whether it holds academic records at all, and what they look like.
  private func begin(_ bytes: Bytes) throws -> Bool {
    let member = files.members[nextMember - 1]
    hint = DumpReader.hint(of: member.name)
    var place = 0
    while place < bytes.count, bytes[place] <= 32 || bytes[place] >= 0x80 { place += 1 }
    isArray = place < bytes.count && bytes[place] == 0x5b
    if isArray, framing == .lines { traits.insert(.arrayLines) }
    var decoder = try RecordDecoder()
    var seen = 0
    var found = 0
    let head = place < bytes.count ? bytes[place] : 0
    if head == 0x7b || head == 0x5b {
      try framing.forEachRecord(bytes) { record, _ in
        guard seen < 50 || found == 0 && seen < 1000 else { return }
        seen += 1
        if case .record = try decoder.decode(record, hint: hint) { found += 1 }
      }
    }
    if found > 0 {
      traits.formUnion(decoder.json.traits)
      return true
    }
    if bytes.starts(with: Array("{'".utf8)) || bytes.starts(with: Array("[{'".utf8)) {
      throw FormatFailure.bad(
        member.place, "holds Python dictionaries (single quotes), not JSON", do: "write it again with json.dumps")
    }
    if member.isNamed {
      throw FormatFailure.bad(
        member.place, "holds no record with an id in its first lines",
        do: "give JSON records of OAG v1, v2, v3 or DBLP V12")
    }
    warnings.append("\(member.place): holds no academic records and is left out")
    return false
  }

  /// The number of the line that a bad record of a batch begins on.
  static func line(of bad: BadRecord, in files: DumpFiles) throws -> Int {
    let stream = try DumpStream(files.members[bad.member])
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
    defer { buffer.deallocate() }
    var left = bad.offset
    var line = bad.line + 1
    while left > 0 {
      let got = try stream.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<min(left, buffer.count)]))
      if got == 0 { break }
      line += buffer[..<got].count { $0 == 10 }
      left -= got
    }
    return line
  }

  private func finishFile(_ bytes: Bytes) {
    stream = nil
    var last = bytes.count
    while last > 0, bytes[last - 1] <= 32 { last -= 1 }
    if isArray, last == 0 || bytes[last - 1] != 0x5d {
      warnings.append("\(files.members[nextMember - 1].place): its array does not end; it may be cut short")
    }
  }

  /// What a file's name says of its records.
  private static func hint(of name: String) -> RecordKind? {
    let name = name.lowercased()
    if name.contains("publication") || name.contains("paper") { return .paper }
    if name.contains("author") { return .author }
    if name.contains("venue") { return .venue }
    if name.contains("affiliation") { return .affiliation }
    return nil
  }
}

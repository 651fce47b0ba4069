import Foundation
import GroveKernels

/// A stretch of a dump that holds whole records, with room behind it for the parser to look ahead.
final class DumpBatch: @unchecked Sendable {
  // Sendable because one worker at a time fills and reads a batch.
  /// Numbered from 0 over the whole dump; depends on the files alone.
  fileprivate(set) var index = 0
  /// Which file of the dump it is of.
  fileprivate(set) var member = 0
  /// Number of its first line in that file; counted only for readers that were asked to.
  fileprivate(set) var firstLine = 1
  fileprivate(set) var content = DumpContent.json(.lines, .academic)
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

/// Cuts a dump into batches of whole records, in order; one caller at a time.
///
/// Memory: one batch, however long the files; a record longer than a batch makes its batch longer.
final class DumpReader {
  static let batchSize = 4 << 20
  /// No record is longer; what goes on without an end, such as a bomb of zeros, takes no more memory.
  static let largestRecord = 256 << 20
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
  private var stream: DumpStream?
  private var content = DumpContent.json(.lines, .academic)
  private var hint: RecordKind?
  private var isArray = false
  /// By member: how many records its first line promises.
  private(set) var promised: [Int: Int] = [:]
  private var lastByte: UInt8 = 0
  private let countsLines: Bool
  private var line = 1
  private var carry: [UInt8] = []
  private var nextIndex: Int

  /// - Parameters:
  ///   - firstIndex: number of the first batch.
  ///   - countsLines: whether batches know the number of their first line.
  init(_ files: DumpFiles, firstIndex: Int, countsLines: Bool = false) {
    self.files = files
    self.countsLines = countsLines
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
        (line, lastByte) = (1, 0)
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
          let name = files.members[nextMember - 1].name
          guard let found = DumpContent(head: batch.bytes, isWhole: isWhole, name: name) else {
            try grow(&capacity, batch, used)
            continue
          }
          content = found
        }
        guard let cut = content.cut(batch.bytes, isWhole: isWhole) else {
          try grow(&capacity, batch, used)
          continue
        }
        if isFirst, try !begin(Bytes(rebasing: batch.bytes[..<cut])) {
          self.stream = nil
          break
        }
        carry.append(contentsOf: batch.bytes[cut...])
        batch.count = cut
        if let last = batch.bytes.last(where: { $0 > 32 }) { lastByte = last }
        if isWhole { finishFile() }
        memset(batch.memory.baseAddress! + cut, 0, DumpReader.padding)
        batch.index = nextIndex
        batch.member = nextMember - 1
        batch.content = content
        batch.hint = hint
        batch.firstLine = line
        if countsLines { line += batch.bytes.count { $0 == 0x0a } }
        nextIndex += 1
        return true
      }
    }
  }

  /// Makes room for a record that is longer than the batch.
  private func grow(_ capacity: inout Int, _ batch: DumpBatch, _ used: Int) throws {
    capacity *= 2
    guard capacity <= DumpReader.largestRecord else {
      throw FormatFailure.bad(
        files.members[nextMember - 1].place,
        "holds more than \(DumpReader.largestRecord >> 20) MiB without the end of a record",
        do: "it is damaged or no dump of records, leave it out")
    }
    batch.reserve(capacity, keeping: used)
  }

  /// Looks at the first records of a file: whether it holds academic records at all, and what they look like.
  private func begin(_ bytes: Bytes) throws -> Bool {
    let member = files.members[nextMember - 1]
    hint = DumpReader.hint(of: member.name)
    isArray = false
    switch content {
    case .text:
      traits.insert(.taggedLines)
      if let count = TextFraming.headerCount(bytes) { promised[nextMember - 1] = count }
      return true
    case .table(let layout):
      if layout.kind == .coauthors {
        warnings.append("\(member.place): repeats what the papers say of their authors and is left out")
        return false
      }
      traits.insert(layout.kind == .mergedIDs ? .openAlex : layout.kind == .networkAuthorships ? .taggedLines : .tables)
      return true
    case .json(let framing, _): return try begin(bytes, member, framing)
    }
  }

  private func begin(_ bytes: Bytes, _ member: DumpFiles.Member, _ framing: JSONFraming) throws -> Bool {
    var place = 0
    while place < bytes.count, bytes[place] <= 32 || bytes[place] >= 0x80 { place += 1 }
    isArray = place < bytes.count && bytes[place] == 0x5b
    var decoder = try RecordDecoder()
    var seen = 0
    var found = 0
    let head = place < bytes.count ? bytes[place] : 0
    var dialect: JSONDialect?
    if head == 0x7b || head == 0x5b {
      try framing.forEachRecord(bytes) { record, _ in
        guard seen < 50 || found == 0 && seen < 1000 else { return }
        seen += 1
        if dialect == nil { dialect = try decoder.dialect(of: record) }
        if case .record = try decoder.decode(record, dialect ?? .academic, hint: hint) { found += 1 }
      }
    }
    content = .json(framing, dialect ?? .academic)
    if found > 0 {
      traits.formUnion(decoder.json.traits)
      if isArray { traits.insert(.array) }
      return true
    }
    if bytes.starts(with: Array("{'".utf8)) || bytes.starts(with: Array("[{'".utf8)) {
      throw FormatFailure.bad(
        member.place, "holds Python dictionaries (single quotes), not JSON", do: "write it again with json.dumps")
    }
    if member.isNamed {
      throw FormatFailure.bad(
        member.place, "holds no record with an id in its first lines",
        do: "give records of \(RecordFormats.names)")
    }
    // Labels and splits lie beside records.
    let isTable = [".tsv", ".csv"].contains { member.name.lowercased().hasSuffix($0) }
    if !isTable { warnings.append("\(member.place): holds no academic records and is left out") }
    return false
  }

  private func finishFile() {
    stream = nil
    if isArray, lastByte != 0x5d {
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
    if name.contains("field") { return .field }
    return nil
  }
}

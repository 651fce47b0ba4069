import Foundation

/// How JSON records lie in a file: one a line, with or without the brackets and commas of an array around them, or as
/// objects anywhere (an array on one line, or pretty-printed over many).
enum JSONFraming: Sendable {
  case lines, objects

  /// Tells the framing from the first bytes of a file.
  ///
  /// - Returns: nil where more bytes are needed to tell and the file has more.
  init?(head: Bytes, isWhole: Bool) {
    var place = 0
    if head.starts(with: [0xef, 0xbb, 0xbf]) { place = 3 }
    while place < head.count, head[place] != 0x7b { place += 1 }
    guard place < head.count else {
      if isWhole { self = .lines } else { return nil }
      return
    }
    var scanner = ObjectScanner()
    guard let end = scanner.endOfObject(head, from: place) else {
      // No end in sight: a line that is one long record or broken, or an object over many lines.
      guard let line = head[place...].firstIndex(of: 0x0a) else {
        if isWhole { self = .lines } else { return nil }
        return
      }
      self = JSONFraming.startsRecord(head, line + 1) ? .lines : .objects
      return
    }
    if let line = head[place..<end].firstIndex(of: 0x0a) {
      self = JSONFraming.startsRecord(head, line + 1) ? .lines : .objects
      return
    }
    place = end
    while place < head.count, head[place] != 0x0a {
      if head[place] == 0x7b {
        self = .objects
        return
      }
      place += 1
    }
    self = .lines
  }

  /// Whether the line at `start` begins as a record of its own would.
  private static func startsRecord(_ bytes: Bytes, _ start: Int) -> Bool {
    var place = start
    while place < bytes.count, bytes[place] == 0x20 || bytes[place] == 0x09 || bytes[place] == 0x0d { place += 1 }
    if place == start, place < bytes.count, bytes[place] == 0x2c { place += 1 }
    return place == bytes.count || bytes[place] == 0x0a
      || bytes[place] == 0x7b && (place == start || place == start + 1)
      || bytes[place] == 0x5d
  }

  /// Where the last whole record ends in `bytes`, or nil if none does.
  func cut(_ bytes: Bytes) -> Int? {
    switch self {
    case .lines:
      return bytes.lastIndex(of: 0x0a).map { $0 + 1 }
    case .objects:
      var scanner = ObjectScanner()
      var end: Int?
      var place = 0
      while let start = bytes[place...].firstIndex(of: 0x7b), let next = scanner.endOfObject(bytes, from: start) {
        end = next
        place = next
      }
      return end
    }
  }

  /// Calls `body` with each record's bytes and the number of lines before it; the bytes are empty of everything that is
  /// not the record, such as commas and brackets, as far as they can be told apart.
  ///
  /// - Returns: the number of line ends passed.
  @discardableResult
  func forEachRecord(_ bytes: Bytes, _ body: (Bytes, _ line: Int) throws -> Void) rethrows -> Int {
    switch self {
    case .lines: try bytes.forEachLine { if let record = JSONFraming.record(in: $0) { try body(record, $1) } }
    case .objects: try JSONFraming.forEachObject(bytes, body)
    }
  }

  /// What a line holds between the marks of an array, or nil for blank lines and those of one or two characters.
  private static func record(in line: Bytes) -> Bytes? {
    var first = 0
    var last = line.count
    if line.count >= 3, line[0] == 0xef, line[1] == 0xbb, line[2] == 0xbf { first = 3 }
    while last > first, line[last - 1] <= 32 { last -= 1 }
    while first < last, line[first] <= 32 { first += 1 }
    if last - first <= 2 { return nil }
    while first < last, line[first] <= 32 || line[first] == 0x2c || line[first] == 0x5b { first += 1 }
    while last > first, line[last - 1] <= 32 || line[last - 1] == 0x2c || line[last - 1] == 0x5d { last -= 1 }
    return last > first ? Bytes(rebasing: line[first..<last]) : nil
  }

  private static func forEachObject(_ bytes: Bytes, _ body: (Bytes, Int) throws -> Void) rethrows -> Int {
    var scanner = ObjectScanner()
    var place = 0
    var line = 0
    while place < bytes.count {
      if bytes[place] == 0x0a { line += 1 }
      guard bytes[place] == 0x7b else {
        place += 1
        continue
      }
      // What has no end is handed over as it is and turns out bad.
      let end = scanner.endOfObject(bytes, from: place) ?? bytes.count
      let record = Bytes(rebasing: bytes[place..<end])
      try body(record, line)
      for byte in record where byte == 0x0a { line += 1 }
      place = end
    }
    return line
  }
}

/// Finds the brace that closes an object, strings left aside.
struct ObjectScanner {
  /// Bytes that mean something to the scan: quotes, backslashes and braces.
  private let isMark: [Bool] = (0..<256).map { [0x22, 0x5c, 0x7b, 0x7d].contains($0) }

  /// Place after the brace that closes the object at `start`, or nil where it does not end.
  mutating func endOfObject(_ bytes: Bytes, from start: Int) -> Int? {
    var depth = 0
    var place = start
    var inString = false
    return isMark.withUnsafeBufferPointer { isMark in
      while place < bytes.count {
        let byte = bytes[place]
        guard isMark[Int(byte)] else {
          place += 1
          continue
        }
        if inString {
          if byte == 0x5c { place += 1 } else if byte == 0x22 { inString = false }
        } else if byte == 0x22 {
          inString = true
        } else if byte == 0x7b {
          depth += 1
        } else if byte == 0x7d {
          depth -= 1
          if depth == 0 { return place + 1 }
        }
        place += 1
      }
      return nil
    }
  }
}

/// The pages of a column of texts, one after the other.
struct ParquetPages {
  /// The most bytes that a page may have unpacked.
  private static let largestPage = 1 << 28

  private var cursor: ByteCursor
  private let isPacked: Bool
  private let isOptional: Bool
  private var dictionary: [ArraySlice<UInt8>] = []

  init(_ bytes: ArraySlice<UInt8>, isPacked: Bool, isOptional: Bool) {
    cursor = ByteCursor(bytes)
    self.isPacked = isPacked
    self.isOptional = isOptional
  }

  /// Calls `body` with each value of the next page of values.
  ///
  /// - Returns: how many there were, at least 1.
  /// - Throws: `ByteCursor.Damage`; what `body` throws.
  mutating func next(atMost limit: Int, _ body: (ArraySlice<UInt8>) throws -> Void) throws -> Int {
    while true {
      let header = try ThriftStruct(&cursor)
      guard let kind = header.integer(1), let size = header.integer(2), let packedSize = header.integer(3),
        (0...ParquetPages.largestPage).contains(size)
      else { throw ByteCursor.Damage(reason: "a page has no length") }
      let bytes = try cursor.slice(packedSize)
      switch kind {
      case 0:
        guard let data = header.structure(5), let count = data.integer(1), (1...limit).contains(count) else {
          throw ByteCursor.Damage(reason: "a page has an impossible number of values")
        }
        try read(try page(bytes, size), count: count, encoding: data.integer(2) ?? -1, body)
        return count
      case 1: continue
      case 2:
        guard let words = header.structure(7), let count = words.integer(1), [0, 2].contains(words.integer(2)) else {
          throw ByteCursor.Damage(reason: "its dictionary is of an unknown encoding")
        }
        var page = ByteCursor(ArraySlice(try page(bytes, size)))
        guard count >= 0, count <= page.left / 4 else { throw ByteCursor.Damage(reason: "its dictionary is cut short") }
        dictionary = try (0..<count).map { _ in try ParquetPages.plain(&page) }
      case 3: throw ByteCursor.Damage(reason: "it has data pages of version 2, only those of version 1 are read")
      default: throw ByteCursor.Damage(reason: "a page is of an unknown kind")
      }
    }
  }

  private func page(_ bytes: ArraySlice<UInt8>, _ size: Int) throws -> [UInt8] {
    if isPacked { return try SnappyBlock.unpacked(bytes, expected: size) }
    guard bytes.count == size else { throw ByteCursor.Damage(reason: "a page does not have the length it claims") }
    return Array(bytes)
  }

  private static func plain(_ page: inout ByteCursor) throws -> ArraySlice<UInt8> {
    try page.slice(try page.little(4))
  }

  private func read(
    _ bytes: [UInt8], count: Int, encoding: Int, _ body: (ArraySlice<UInt8>) throws -> Void
  ) throws {
    var page = ByteCursor(ArraySlice(bytes))
    if isOptional {
      // Of each value whether it is there.
      var levels = try RunLengths(try page.slice(try page.little(4)), width: 1)
      for _ in 0..<count where try levels.next() != 1 { throw ByteCursor.Damage(reason: "a value is missing") }
    }
    switch encoding {
    case 0: for _ in 0..<count { try body(try ParquetPages.plain(&page)) }
    case 2, 8:
      let width = Int(try page.byte())
      var numbers = try RunLengths(try page.slice(page.left), width: width)
      for _ in 0..<count {
        let number = try numbers.next()
        guard number < dictionary.count else { throw ByteCursor.Damage(reason: "a word is not in its dictionary") }
        try body(dictionary[number])
      }
    default:
      throw ByteCursor.Damage(reason: "its values are of encoding \(encoding), only plain and dictionary are read")
    }
  }
}

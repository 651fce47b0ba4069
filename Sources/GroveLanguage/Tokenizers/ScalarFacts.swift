import Foundation

/// What Unicode says of a scalar, as far as tokenizers ask.
///
/// The facts are those of Unicode 8.0, with which the reference tokenizer's tables were made: a scalar that came later
/// is nothing but itself (not dropped, not a mark, not punctuation), and seven scalars keep the category that they had
/// then. Lower case is that of the newest Unicode, as there.
///
/// - Source: compared scalar by scalar with `BertNormalizer` and `BertPreTokenizer` of tokenizers 0.23.3.
struct ScalarFacts: OptionSet {
  let rawValue: UInt8

  /// Categories Cc, Cf and Co: controls, formats, private use.
  static let other = ScalarFacts(rawValue: 1)
  static let whitespace = ScalarFacts(rawValue: 2)
  /// Categories P*; symbols are none.
  static let punctuation = ScalarFacts(rawValue: 4)
  /// Category Mn, the marks that stripping accents removes.
  static let nonspacingMark = ScalarFacts(rawValue: 8)
  /// The lower-case form differs.
  static let cased = ScalarFacts(rawValue: 16)
  /// The canonical decomposition differs.
  static let composed = ScalarFacts(rawValue: 32)
  /// Normalization may move it among its neighbors: its combining class is not 0.
  static let combining = ScalarFacts(rawValue: 64)
  /// A Chinese character, in the ranges that BERT takes for such.
  static let ideograph = ScalarFacts(rawValue: 128)

  /// The facts of a scalar.
  static func of(_ value: UInt32) -> ScalarFacts {
    value < UInt32(table.count) ? ScalarFacts(rawValue: table[Int(value)]) : found(value)
  }

  /// The scalars of the lower-case form, for one that has `cased`.
  static func lowercase(_ value: UInt32) -> [UInt32] { lowercased[value] ?? [value] }

  /// The scalars of the canonical decomposition (NFD), for one that has `composed`.
  static func decomposition(_ value: UInt32) -> [UInt32] {
    guard syllables.contains(value) else { return decomposed[value] ?? [value] }
    // The Unicode Standard, section 3.12: a Hangul syllable is a leading consonant, a vowel and perhaps a trailing one.
    let index = value - syllables.lowerBound
    let parts = [0x1100 + index / 588, 0x1161 + index % 588 / 28]
    return index % 28 == 0 ? parts : parts + [0x11A7 + index % 28]
  }

  /// The canonical combining class.
  static func combiningClass(_ value: UInt32) -> UInt8 {
    Unicode.Scalar(value)?.properties.canonicalCombiningClass.rawValue ?? 0
  }
}

extension ScalarFacts {
  private static let syllables: ClosedRange<UInt32> = 0xAC00...0xD7A3

  /// The seven whose category changed after Unicode 8.0, as they were.
  private static let formerCategories: [UInt32: Unicode.GeneralCategory] = [
    0x166D: .otherPunctuation, 0x1734: .nonspacingMark, 0x1885: .otherLetter, 0x1886: .otherLetter,
    0xA9BD: .spacingMark, 0x111C9: .otherPunctuation, 0x1171E: .nonspacingMark,
  ]

  /// Facts of planes 0 and 1, made when first asked for.
  private static let table: [UInt8] = (0..<0x20000).map { found($0).rawValue }

  private static func found(_ value: UInt32) -> ScalarFacts {
    guard let scalar = Unicode.Scalar(value) else { return [] }
    if syllables.contains(value) { return .composed }
    let properties = scalar.properties
    var facts: ScalarFacts = []
    if properties.isWhitespace { facts.insert(.whitespace) }
    if isIdeograph(value) { facts.insert(.ideograph) }
    if properties.changesWhenLowercased { facts.insert(.cased) }
    if decomposed[value] != nil { facts.insert(.composed) }
    if properties.canonicalCombiningClass != .notReordered { facts.insert(.combining) }
    guard isOld(properties) else { return facts }
    switch formerCategories[value] ?? properties.generalCategory {
    case .control, .format, .privateUse: facts.insert(.other)
    case .nonspacingMark: facts.insert(.nonspacingMark)
    case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation,
      .finalPunctuation, .otherPunctuation:
      facts.insert(.punctuation)
    default: break
    }
    return facts
  }

  private static func isOld(_ properties: Unicode.Scalar.Properties) -> Bool {
    guard let age = properties.age else { return false }
    return age.major <= 8
  }

  /// The ranges of BERT; the reference begins the last but two at 2B920.
  private static func isIdeograph(_ value: UInt32) -> Bool {
    switch value {
    case 0x4E00...0x9FFF, 0x3400...0x4DBF, 0x20000...0x2A6DF, 0x2A700...0x2B73F, 0x2B740...0x2B81F, 0x2B920...0x2CEAF,
      0xF900...0xFAFF, 0x2F800...0x2FA1F:
      true
    default: false
    }
  }

  private static let lowercased: [UInt32: [UInt32]] = {
    var result: [UInt32: [UInt32]] = [:]
    for value in UInt32(0)..<0x20000 {
      guard let properties = Unicode.Scalar(value)?.properties, properties.changesWhenLowercased else { continue }
      result[value] = properties.lowercaseMapping.unicodeScalars.map(\.value)
    }
    return result
  }()

  /// Canonical decompositions of the blocks that have any.
  private static let decomposed: [UInt32: [UInt32]] = {
    let blocks: [ClosedRange<UInt32>] = [
      0xC0...0x1026, 0x1B06...0x1B43, 0x1E00...0x232A, 0x2ADC...0x2ADC, 0x304C...0x30FE,
      0xF900...0xFB4E, 0x1109A...0x115BB, 0x1D15E...0x1D1C0, 0x2F800...0x2FA1D,
    ]
    var result: [UInt32: [UInt32]] = [:]
    for value in blocks.joined() {
      guard let scalar = Unicode.Scalar(value), isOld(scalar.properties) else { continue }
      let parts = String(scalar).decomposedStringWithCanonicalMapping.unicodeScalars.map(\.value)
      if parts != [value] { result[value] = parts }
    }
    return result
  }()
}

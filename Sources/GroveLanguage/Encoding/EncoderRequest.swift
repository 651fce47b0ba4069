import Foundation

/// Which encoder is wanted, and how it is to work: enough to make it again.
public struct EncoderRequest: Sendable, Equatable, Codable {
  /// A name in `EncoderCatalogue`.
  public var name: String
  /// Folder of the model, or of what a fitted encoder saved; nil: the catalogue's package, or fit anew.
  public var folder: String?
  /// Folder of word vectors, for an encoder that is fitted over some; nil: the catalogue's package.
  public var vectors: String?
  /// Settings of that encoder alone, such as `columns=4096`.
  public var options: [String] = []
  /// Whether rows are brought to length 1; nil: as the model says.
  public var normalizes: Bool?
  /// Put before every text; nil: the model's own.
  public var prefix: String?
  /// What happens to texts longer than a model takes.
  public var longTexts = BertEncoder.LongTexts.truncate
  /// Most tokens of a text; nil: as the model says.
  public var limit: Int?

  /// An encoder by its name, with usual settings.
  public init(_ name: String, folder: String? = nil) { (self.name, self.folder) = (name, folder) }
}

/// How a feature column was made of texts: kept with it, so that a query can be encoded alike.
public struct TextColumnRecipe: Sendable, Equatable, Codable {
  /// The encoder.
  public let encoder: EncoderRequest
  /// The pattern of fields that was encoded, or nil for `fields` one after the other.
  public let template: String?
  /// Fields that were encoded.
  public let fields: [String]

  /// A recipe of its parts.
  public init(encoder: EncoderRequest, template: String?, fields: [String]) {
    (self.encoder, self.template, self.fields) = (encoder, template, fields)
  }

  /// As a store keeps it.
  public var text: String {
    get throws {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
  }

  /// A recipe as a store kept it; nil where it cannot be read.
  public init?(text: String) {
    guard let read = try? JSONDecoder().decode(TextColumnRecipe.self, from: Data(text.utf8)) else { return nil }
    self = read
  }
}

import GroveKernels

/// An encoder as a catalogue knows it.
public struct EncoderRecipe: Sendable {
  /// What `--encoder` calls it.
  public let name: String
  /// A line for people.
  public let title: String
  /// Paper or library that it is of.
  public let source: String
  /// The data set that holds its model, where that can be fetched.
  public let package: String?
  /// Whether it learns something from the texts before it encodes them.
  public let isFitted: Bool
  /// Its own settings.
  public let options: [EncoderOption]
  /// Whether it takes a limit of tokens, a way with long texts, and a choice of length 1.
  public let isModel: Bool
  let make: @Sendable (EncoderRequest, EncoderSettings, EncoderTexts) throws -> any TextEncoder
}

/// What makes an encoder beside the request: words of a corpus, vectors of a folder.
public struct EncoderTexts {
  /// All texts, for what is fitted to them.
  public let corpus: () throws -> [String]
  /// Word vectors out of a folder.
  public let vectors: (_ folder: String) throws -> WordVectors

  /// What gives texts and vectors when they are asked for.
  public init(
    corpus: @escaping () throws -> [String], vectors: @escaping (_ folder: String) throws -> WordVectors
  ) {
    (self.corpus, self.vectors) = (corpus, vectors)
  }
}

/// Every text encoder by name; a new one is a line here.
public enum EncoderCatalogue {
  /// All encoders.
  public static let recipes: [EncoderRecipe] = [
    EncoderRecipe(
      name: "hash", title: "words hashed to columns; nothing to fit or fetch", source: "Weinberger et al. 2009",
      package: nil, isFitted: false, options: HashingEncoder.options, isModel: false
    ) { _, settings, _ in
      HashingEncoder(columns: try settings.count("columns", in: 1...1 << 24), isSigned: try settings.flag("signed"))
    },
    EncoderRecipe(
      name: "tfidf", title: "words weighted by how rare they are", source: "Spärck Jones 1972; Salton, Buckley 1988",
      package: nil, isFitted: true, options: TFIDFEncoder.options, isModel: false
    ) { request, settings, texts in
      if let folder = request.folder { return try TFIDFEncoder(folder: folder) }
      return try TFIDFEncoder(
        fitting: texts.corpus(),
        settings: .init(
          maximalTerms: try settings.count("terms", in: 1...1 << 24),
          minimalTexts: try settings.count("min-texts", in: 1...1 << 40), isSublinear: try settings.flag("sublinear"),
          stopWords: try settings.stopWords("stop-words")))
    },
    EncoderRecipe(
      name: "glove", title: "means of word vectors, rare words weighing more (SIF)",
      source: "Pennington, Socher, Manning 2014; Arora, Liang, Ma 2017", package: "glove-6b-50d", isFitted: true,
      options: GloVeEncoder.options, isModel: false
    ) { request, settings, texts in
      guard let folder = request.vectors else { throw needsFolder(request.name, "word vectors") }
      let vectors = try texts.vectors(folder)
      if let fitted = request.folder { return try GloVeEncoder(vectors: vectors, folder: fitted) }
      return try GloVeEncoder(
        vectors: vectors, fitting: texts.corpus(),
        settings: .init(
          smoothing: try settings.number("smoothing", above: 0), lowercase: try settings.flag("lowercase")))
    },
    EncoderRecipe(
      name: "minilm", title: "all-MiniLM-L6-v2: sentences in 384 columns", source: "Reimers, Gurevych 2019; Wang 2020",
      package: "minilm", isFitted: false, options: [], isModel: true, make: bert),
    EncoderRecipe(
      name: "bert", title: "any BERT or DistilBERT in the layout of sentence-transformers (--model FOLDER)",
      source: "Devlin 2019; Sanh 2019", package: nil, isFitted: false, options: [], isModel: true, make: bert),
  ]

  /// - Throws: `EncoderFailure.option`, with the nearest name.
  public static func recipe(named name: String) throws -> EncoderRecipe {
    if let recipe = recipes.first(where: { $0.name == name }) { return recipe }
    let names = recipes.map(\.name)
    throw EncoderFailure.option(
      encoder: name, reason: "there is none of that name, the nearest is \(names.nearest(to: name) ?? "")",
      advice: "choose one of \(names.joined(separator: ", "))")
  }

  /// The encoder that a request asks for.
  ///
  /// - Throws: `EncoderFailure` for settings that it does not have; what reading and fitting throw.
  public static func make(_ request: EncoderRequest, from texts: EncoderTexts) throws -> any TextEncoder {
    let recipe = try recipe(named: request.name)
    if !recipe.isModel {
      let given: [(String, Bool)] = [
        ("--max-tokens", request.limit != nil), ("--long", request.longTexts != .truncate),
        ("--normalize", request.normalizes != nil),
      ]
      if let useless = given.first(where: \.1) {
        throw EncoderFailure.option(
          encoder: request.name, reason: "it has no use for \(useless.0)", advice: "leave it out")
      }
    }
    return try recipe.make(request, EncoderSettings(recipe, words: request.options), texts)
  }

  private static func needsFolder(_ encoder: String, _ what: String) -> EncoderFailure {
    .option(encoder: encoder, reason: "it needs the folder of \(what)", advice: "give it with --model FOLDER")
  }

  private static let bert: @Sendable (EncoderRequest, EncoderSettings, EncoderTexts) throws -> any TextEncoder = {
    request, _, _ in
    guard let folder = request.folder else { throw needsFolder(request.name, "a model") }
    var options = BertEncoder.Options()
    (options.normalizes, options.longTexts, options.limit) = (request.normalizes, request.longTexts, request.limit)
    return try BertEncoder(folder: folder, options: options)
  }
}

/// The settings of one encoder, given or usual.
public struct EncoderSettings {
  private let encoder: String
  private var values: [String: String] = [:]

  /// Reads words such as `columns=4096`.
  ///
  /// - Throws: `EncoderFailure.option` naming a setting that the encoder does not have.
  init(_ recipe: EncoderRecipe, words: [String]) throws {
    encoder = recipe.name
    for option in recipe.options { values[option.name] = option.standard }
    for word in words {
      let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
      guard parts.count == 2, values[parts[0]] != nil else {
        let names = recipe.options.map { "\($0.name)=\($0.standard)" }.joined(separator: ", ")
        throw EncoderFailure.option(
          encoder: encoder, reason: "it has no setting '\(word)'",
          advice: names.isEmpty ? "leave it out, it has none" : "it takes \(names)")
      }
      values[parts[0]] = parts[1]
    }
  }

  func text(_ name: String) -> String {
    guard let value = values[name] else { preconditionFailure("EncoderSettings: no setting '\(name)'") }
    return value
  }

  func count(_ name: String, in range: ClosedRange<Int>) throws -> Int {
    guard let value = Int(text(name)), range.contains(value) else {
      throw refused(name, "a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }

  func number(_ name: String, above least: Double) throws -> Double {
    guard let value = Double(text(name)), value > least, value.isFinite else {
      throw refused(name, "a number above \(least)")
    }
    return value
  }

  func flag(_ name: String) throws -> Bool {
    switch text(name) {
    case "true", "yes": true
    case "false", "no": false
    default: throw refused(name, "true or false")
    }
  }

  func stopWords(_ name: String) throws -> [String] {
    switch text(name) {
    case "none": []
    case "english": WordStopList.english
    default: throw refused(name, "none or english")
    }
  }

  private func refused(_ name: String, _ rule: String) -> EncoderFailure {
    .option(encoder: encoder, reason: "\(name) is '\(text(name))'", advice: "it must be \(rule)")
  }
}

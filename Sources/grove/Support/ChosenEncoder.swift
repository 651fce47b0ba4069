import Foundation
import GroveGraphs
import GroveKernels
import GroveLanguage
import GroveStore

/// An encoder as a command asks for it: its model fetched, what it was fitted to kept.
struct ChosenEncoder {
  let encoder: any TextEncoder
  /// The request with what was left open filled in, enough to make the same encoder again.
  let request: EncoderRequest
  /// Where what was fitted now lies; nil where nothing was.
  let savedTo: String?

  /// - Parameters:
  ///   - corpus: all texts, for what is fitted to them.
  ///   - folder: where a fitted encoder is saved; nil: in the cache.
  /// - Throws: `EncoderFailure`; what fetching, reading and fitting throw.
  init(_ wanted: EncoderRequest, saving folder: String? = nil, corpus: @escaping () throws -> [String]) throws {
    let recipe = try EncoderCatalogue.recipe(named: wanted.name)
    var request = wanted
    request.folder = wanted.folder.map { absolute($0) }
    let isOverVectors = recipe.isFitted && recipe.package != nil
    if isOverVectors, let folder = request.folder,
      !FileManager.default.fileExists(atPath: "\(folder)/\(GloVeEncoder.fileName)")
    {
      // A folder of vectors, and nothing that was fitted.
      (request.vectors, request.folder) = (folder, nil)
    }
    var used = request
    if let package = recipe.package {
      if isOverVectors, used.vectors == nil { used.vectors = try ChosenEncoder.package(package) }
      if !isOverVectors, used.folder == nil { used.folder = try ChosenEncoder.package(package) }
    }
    encoder = try EncoderCatalogue.make(used, from: EncoderTexts(corpus: corpus, vectors: WordVectorFolder.read))
    if recipe.isFitted, request.folder == nil, let fitted = encoder as? any FittedWordEncoder {
      let place = absolute(
        folder ?? "\(DataCatalogue.defaultCache)/encoders/\(recipe.name)-\(encoder.identity.prefix(16))")
      try fitted.save(to: place)
      request.folder = place
      savedTo = place
    } else {
      if folder != nil {
        throw EncoderFailure.option(
          encoder: recipe.name, reason: "there is nothing to save", advice: "leave --save out: nothing was fitted")
      }
      savedTo = nil
    }
    if request.prefix == nil { request.prefix = encoder.usualPrefix }
    self.request = request
  }

  /// What stands before every text.
  var prefix: String { request.prefix ?? "" }

  /// The folder of a model that Grove can name, fetched where it is not at hand.
  private static func package(_ name: String) throws -> String {
    try DataCatalogue.find().fetch(name) { done, total in
      guard ProcessState.hasTerminal, let total else { return }
      if done == total { Notice.say("fetched \(grouped(total)) bytes of \(name)") }
    }.path
  }
}

/// Where rows of texts are kept for all commands.
enum EncodingFolder {
  /// The cache, or a folder of the caller's.
  static func path(_ given: String?) -> String { given ?? "\(DataCatalogue.defaultCache)/encodings" }
}

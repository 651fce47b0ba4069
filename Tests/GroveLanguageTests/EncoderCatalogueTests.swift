import Foundation
import GroveGraphs
import GroveKernels
import TestSupport
import Testing

@testable import GroveLanguage

/// Encoders by name, their settings, and requests as a store keeps them.
@Suite struct EncoderCatalogueTests {
  private struct Asked: Error {}

  /// What gives nothing and says that it was asked.
  private static var nothing: EncoderTexts {
    EncoderTexts(corpus: { throw Asked() }, vectors: { _ in throw Asked() })
  }

  private static func request(_ name: String, _ change: (inout EncoderRequest) -> Void = { _ in }) -> EncoderRequest {
    var request = EncoderRequest(name)
    change(&request)
    return request
  }

  private func message(_ request: EncoderRequest) throws -> String {
    do {
      _ = try EncoderCatalogue.make(request, from: Self.nothing)
    } catch let error as EncoderFailure {
      #expect(error.kind == .usage)
      return error.description
    }
    return "none"
  }

  @Test func `Names are unique, and each has a line and a source`() {
    let recipes = EncoderCatalogue.recipes
    #expect(recipes.map(\.name) == ["hash", "tfidf", "glove", "minilm", "bert"])
    #expect(recipes.allSatisfy { !$0.title.isEmpty && !$0.source.isEmpty })
    for recipe in recipes { #expect(Set(recipe.options.map(\.name)).count == recipe.options.count) }
  }

  @Test func `An unknown name is answered with the nearest and all others`() throws {
    for (name, nearest) in [("minlm", "minilm"), ("tf-idf", "tfidf"), ("brt", "bert"), ("Hash", "hash")] {
      let text = try message(Self.request(name))
      for part in [name, "nearest is \(nearest)", "hash, tfidf, glove, minilm, bert"] {
        #expect(text.contains(part), "\(text)")
      }
    }
    #expect(try !message(Self.request("")).isEmpty)
  }

  @Test func `Settings are read, and the usual ones hold where none are given`() throws {
    let standard = try EncoderCatalogue.make(Self.request("hash"), from: Self.nothing)
    let columns = try #require(EncoderCatalogue.recipe(named: "hash").options.first { $0.name == "columns" })
    #expect("\(standard.width)" == columns.standard)
    let small = try EncoderCatalogue.make(
      Self.request("hash") { $0.options = ["columns=64", "signed=no", "columns=32"] }, from: Self.nothing)
    #expect(small.width == 32)
    #expect(small.identity == HashingEncoder(columns: 32, isSigned: false).identity)
    #expect(small.identity != HashingEncoder(columns: 32, isSigned: true).identity)
  }

  @Test(arguments: [
    ("hash", "columns=0", "columns is '0'"), ("hash", "columns=x", "columns is 'x'"), ("hash", "columns=", "columns"),
    ("hash", "columns=99999999999", "16777216"), ("hash", "signed=maybe", "true or false"),
    ("hash", "columns", "'columns'"),
    ("hash", "terms=5", "'terms=5'"), ("tfidf", "stop-words=french", "none or english"), ("tfidf", "terms=-1", "terms"),
    ("hash", "=3", "'=3'"), ("hash", "", "''"),
  ]) func `A setting that is unknown or cannot be is refused with the encoder's name`(
    name: String, word: String, mentioned: String
  ) throws {
    let request = Self.request(name) { $0.options = [word] }
    let texts = EncoderTexts(corpus: { ["a b", "a c"] }, vectors: { _ in throw Asked() })
    let failure = #expect(throws: EncoderFailure.self) { _ = try EncoderCatalogue.make(request, from: texts) }
    #expect(failure?.kind == .usage)
    let text = failure?.description ?? ""
    #expect(text.contains("encoder \(name)") && text.contains(mentioned), "\(text)")
  }

  @Test func `What an encoder has no use for is refused`() throws {
    for name in ["hash", "tfidf", "glove"] {
      #expect(try message(Self.request(name) { $0.limit = 9 }).contains("--max-tokens"))
      #expect(try message(Self.request(name) { $0.longTexts = .average }).contains("--long"))
      #expect(try message(Self.request(name) { $0.normalizes = false }).contains("--normalize"))
    }
  }

  @Test(arguments: ["minilm", "bert", "glove"]) func `A folder that is needed is asked for`(name: String) throws {
    let text = try message(Self.request(name))
    #expect(text.contains("encoder \(name)") && text.contains("--model FOLDER"), "\(text)")
  }

  @Test func `Fitted encoders ask for the corpus, others do not`() throws {
    #expect(throws: Asked.self) { _ = try EncoderCatalogue.make(Self.request("tfidf"), from: Self.nothing) }
    let folder = try ScratchFolder()
    _ = try TinyBert.encoder(normalize: true, in: folder)
    let request = Self.request("bert") {
      ($0.folder, $0.limit, $0.longTexts, $0.normalizes) = (folder.path, 9, .average, false)
    }
    let made = try #require(try EncoderCatalogue.make(request, from: Self.nothing) as? BertEncoder)
    #expect(made.limit == 9 && made.width == 8)
    var options = BertEncoder.Options()
    (options.limit, options.longTexts, options.normalizes) = (9, .average, false)
    #expect(made.identity == (try BertEncoder(folder: folder.path, options: options)).identity)
    let wrong = Self.request("bert") { ($0.folder, $0.options) = (folder.path, ["layers=2"]) }
    #expect(try message(wrong).contains("'layers=2'"))
  }

  @Test func `A recipe of a column reads back as it was kept`() throws {
    let request = Self.request("bert") {
      ($0.folder, $0.options, $0.prefix, $0.limit) = ("/models/\"a\"", ["x=1"], "query: ", 9)
      ($0.longTexts, $0.normalizes) = (.average, true)
    }
    for recipe in [
      TextColumnRecipe(encoder: request, template: "{title}. {abstract}", fields: ["title", "abstract"]),
      TextColumnRecipe(encoder: EncoderRequest("hash"), template: nil, fields: ["title"]),
    ] {
      let text = try recipe.text
      #expect(TextColumnRecipe(text: text) == recipe)
      #expect(try recipe.text == text)
    }
    #expect(TextColumnRecipe(text: "{}") == nil)
    #expect(TextColumnRecipe(text: "no recipe") == nil)
  }
}

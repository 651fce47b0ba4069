import Foundation
import TestSupport
import Testing

/// Runs `grove … --json`, expects success, and gives the printed object.
func succeed(
  _ arguments: [String], in folder: String = "/tmp", environment: [String: String] = [:],
  sourceLocation: SourceLocation = #_sourceLocation
) throws -> [String: Any] {
  let result = try GroveCommand.run(arguments + ["--json"], in: folder, environment: environment)
  guard result.code == 0 else {
    Issue.record("exit \(result.code): \(result.errors)", sourceLocation: sourceLocation)
    throw CommandFailed()
  }
  let object = try result.object()
  #expect((object["seconds"] as? Double) ?? 0 > 0, sourceLocation: sourceLocation)
  #expect((object["peakMemoryMiB"] as? Double) ?? 0 > 1, sourceLocation: sourceLocation)
  let verb = arguments.prefix { !$0.hasPrefix("-") }
  let command = object["command"] as? String ?? ""
  #expect(
    verb.joined(separator: " ").hasPrefix(command) && !command.isEmpty, "\(command)", sourceLocation: sourceLocation)
  return object
}

struct CommandFailed: Error {}

/// Runs `grove` and expects one line of error with these words, this exit code and nothing on standard output.
///
/// - Parameter absent: paths where nothing may lie afterwards.
func expectFailure(
  _ arguments: [String], code: Int32, _ words: [String], in folder: String = "/tmp",
  environment: [String: String] = [:],
  absent: [String] = [], sourceLocation: SourceLocation = #_sourceLocation
) throws {
  let result = try GroveCommand.run(arguments, in: folder, environment: environment)
  let told = "exit \(result.code): \(result.errors)"
  #expect(result.code == code, "\(told)", sourceLocation: sourceLocation)
  #expect(result.output.isEmpty, "\(result.output)", sourceLocation: sourceLocation)
  #expect(result.errorLines.count == 1 && result.errors.hasPrefix("grove: "), "\(told)", sourceLocation: sourceLocation)
  for word in words where !word.isEmpty {
    #expect(result.errors.contains(word), "'\(word)' in \(told)", sourceLocation: sourceLocation)
  }
  for path in absent {
    #expect(!FileManager.default.fileExists(atPath: path), "\(path) was written", sourceLocation: sourceLocation)
  }
}

/// What a file holds, for comparisons.
///
/// - Throws: where there is none, or nothing in it.
func contents(_ path: String, sourceLocation: SourceLocation = #_sourceLocation) throws -> FileContents {
  let contents = FileContents(path)
  try #require(contents.isPresent, "\(path) is missing or empty", sourceLocation: sourceLocation)
  return contents
}

/// Bytes of a file.
///
/// - Throws: where there is none.
func bytes(_ path: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path)) }

/// Whether two numbers are equal but for the last digits, which JSON readers may round.
func close(_ a: Double?, _ b: Double?) -> Bool { a.flatMap { a in b.map { abs(a - $0) < 1e-12 } } ?? false }

extension [String: Any] {
  func number(_ key: String) -> Double? { (self[key] as? NSNumber)?.doubleValue }
  func numbers(_ key: String) -> [String: Double] {
    (self[key] as? [String: Any] ?? [:]).compactMapValues { ($0 as? NSNumber)?.doubleValue }
  }
  func objects(_ key: String) -> [[String: Any]] { self[key] as? [[String: Any]] ?? [] }
}

/// The project's own folder of graphs.
let shippedGraphs = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent().appendingPathComponent("graphs").path

/// Every model, by the program's own list.
let models = basicModels + convolutionModels + heterophilyModels + heterogeneousModels
private let basicModels = ["gcn", "sage", "gat", "gatv2", "sgc", "appnp", "gcnii", "mlp", "label-propagation"]
private let convolutionModels = ["gin", "tag", "cheb", "arma", "transformer", "graphconv", "pna", "lightgcn"]
private let heterophilyModels = [
  "h2gcn", "fagcn", "gprgnn", "acm-gcn", "graph-transformer", "gps", "correct-and-smooth",
]
private let heterogeneousModels = ["rgcn", "han", "hgt", "simple-hgn", "hetero-sage", "hetero-gat"]

/// A tool of this machine; tests that need one say so where it is missing.
func hasTool(_ name: String) -> Bool {
  let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":")
  if folders.contains(where: { access("\($0)/\(name)", X_OK) == 0 }) { return true }
  FileHandle.standardError.write(Data("SKIPPED: no program '\(name)' on PATH\n".utf8))
  return false
}

/// Runs a tool and expects success.
func tool(_ words: [String], in folder: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
  let result = try RunningCommand(words[0], Array(words.dropFirst()), in: folder).wait()
  #expect(result.code == 0, "\(words): \(result.errors)", sourceLocation: sourceLocation)
}

/// Whether the long suites run.
let isLong = ProcessInfo.processInfo.environment["GROVE_LONG"] == "1"

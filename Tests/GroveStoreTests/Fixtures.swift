import Foundation
import GroveGraphs
import GroveKernels
import GroveStore
import Testing
import TestSupport

/// Runs a program and gives its exit code and what it printed.
func run(_ program: String, _ arguments: [String], in folder: String? = nil) throws -> (code: Int32, output: String) {
  let process = Process()
  process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
  process.arguments = [program] + arguments
  if let folder { process.currentDirectoryURL = URL(fileURLWithPath: folder) }
  let pipe = Pipe()
  process.standardOutput = pipe
  process.standardError = pipe
  try process.run()
  let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
  process.waitUntilExit()
  return (process.terminationStatus, String(decoding: output, as: UTF8.self))
}

/// Python with numpy on this machine; suites that need it are skipped loudly without.
enum Python {
  static let hasNumpy: Bool = {
    if (try? run("python3", ["-c", "import numpy"]).code) == 0 { return true }
    FileHandle.standardError.write(Data("SKIPPED: no python3 with numpy on PATH\n".utf8))
    return false
  }()

  /// Runs a script and gives what it printed; its failure is the test's.
  static func script(_ text: String, _ arguments: [String] = []) throws -> String {
    let result = try run("python3", ["-c", text] + arguments)
    try #require(result.code == 0, "\(result.output)")
    return result.output.trimmingCharacters(in: .whitespacesAndNewlines)
  }
}

/// The kind of the failure that a body throws; nil if it throws none or another error.
func failure(_ body: () throws -> Void) -> (kind: FailureKind, text: String)? {
  do {
    try body()
    return nil
  } catch let error as any Failure {
    return (error.kind, error.description)
  } catch {
    return nil
  }
}

/// Expects a failure of one line, of a kind, with words in its text.
func expectFailure(
  _ kind: FailureKind, _ words: [String], sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> Void
) {
  guard let found = failure(body) else {
    Issue.record("no failure was thrown", sourceLocation: sourceLocation)
    return
  }
  #expect(found.kind == kind, "\(found.text)", sourceLocation: sourceLocation)
  #expect(!found.text.contains("\n"), "\(found.text)", sourceLocation: sourceLocation)
  for word in words { #expect(found.text.contains(word), "\(word) in: \(found.text)", sourceLocation: sourceLocation) }
}

/// A graph of four nodes in the folder layout: edges 0-1, 1-2, 2-2 and node 3 alone; classes 0, 1, 1, none.
func writeTinyFolder(_ path: String) throws {
  try FileManager.default.createDirectory(atPath: "\(path)/splits", withIntermediateDirectories: true)
  try NumpyArray.write(.int32s([0, 1, 2, 1, 2, 2]), shape: [2, 3], to: "\(path)/edges.npy")
  try NumpyArray.write(.floats([1, 0, 0, 0.5, 0, 0, 2, 2]), shape: [4, 2], to: "\(path)/features.npy")
  try NumpyArray.write(.int32s([0, 1, 1, -1]), shape: [4], to: "\(path)/labels.npy")
  try AtomicFile.write("a\nb\nc\nd\n", to: "\(path)/node_names.txt")
  try AtomicFile.write(#"{"kind": "by hand", "train": [0], "val": [1], "test": [2]}"#, to: "\(path)/splits/hand.json")
  try AtomicFile.write(#"{"class_names": ["red", "blue"]}"#, to: "\(path)/meta.json")
}

/// A fresh copy of that graph with one change made to it.
func tinyFolder(_ change: (String) throws -> Void = { _ in }) throws -> ScratchFolder {
  let scratch = try ScratchFolder()
  try writeTinyFolder(scratch.path)
  try change(scratch.path)
  return scratch
}

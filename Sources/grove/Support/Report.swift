import ArgumentParser
import Foundation
import GroveGraphs
import GroveKernels

/// What every verb accepts.
struct CommonOptions: ParsableArguments {
  @Flag(help: "Print one JSON object on standard output and nothing else there.")
  var json = false

  @Option(help: "Number of threads (default: all cores). Results do not depend on it.")
  var threads: Int?

  func validate() throws {
    if let threads, threads < 1 { throw ValidationError("--threads \(threads): give 1 or more") }
  }

  func apply() { if let threads { Workers.setThreadCount(threads) } }
}

/// The result of a verb: the same facts as JSON for scripts or as short lines for people.
struct Report {
  private let command: String
  private(set) var fields: [String: Any] = [:]
  private var lines: [String] = []

  init(_ command: String) { self.command = command }

  /// A fact for scripts.
  ///
  /// Numbers that are not finite become null.
  mutating func set(_ key: String, _ value: Any?) { fields[key] = value ?? NSNull() }

  /// A line for people.
  mutating func say(_ line: String) { lines.append(line) }

  /// An aligned table for people; columns after the first are right-aligned.
  mutating func table(_ rows: [[String]]) {
    let columns = rows.map(\.count).max() ?? 0
    let widths = (0..<columns).map { column in rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0 }
    for row in rows {
      let cells = row.enumerated().map { column, text in
        let padding = String(repeating: " ", count: widths[column] - text.count)
        return column == 0 ? text + padding : padding + text
      }
      lines.append("  " + cells.joined(separator: "  ").trimmingTrailingSpaces)
    }
  }

  /// Prints the result on standard output.
  ///
  /// - Throws: `FileFailure.cannotWrite` where it does not take the result, such as a full disk.
  func finish(_ options: CommonOptions) throws {
    guard options.json else { return try write(lines.map { $0 + "\n" }.joined()) }
    var object = fields
    object["command"] = command
    object["seconds"] = Date().timeIntervalSince(Grove.start)
    object["peakMemoryMiB"] = ProcessState.peakMemoryMiB
    let data = try JSONSerialization.data(
      withJSONObject: finite(object), options: [.sortedKeys, .withoutEscapingSlashes])
    try write(String(decoding: data, as: UTF8.self) + "\n")
  }

  private func write(_ text: String) throws {
    do { try FileHandle.standardOutput.write(contentsOf: Data(text.utf8)) } catch {
      throw FileFailure.cannotWrite(path: "standard output", code: errno == 0 ? EIO : errno)
    }
  }

  private func finite(_ value: Any) -> Any {
    switch value {
    case let number as Double: number.isFinite ? number : NSNull()
    case let object as [String: Any]: object.mapValues(finite)
    case let list as [Any]: list.map(finite)
    default: value
    }
  }
}

/// Words for people on standard error.
///
/// Where that is closed or full they are lost and the work goes on.
enum Notice {
  static func say(_ text: String) { show("grove: \(text)\n") }
  static func show(_ text: String) { try? FileHandle.standardError.write(contentsOf: Data(text.utf8)) }
}

extension String {
  var trimmingTrailingSpaces: String {
    var text = self
    while text.last == " " { text.removeLast() }
    return text
  }
}

/// How reports call relations: by their names, or in full where several have one name.
func titles(of relations: [EdgeType]) -> [String] {
  let names = relations.map(\.relation)
  return relations.map { relation in
    names.count { $0 == relation.relation } > 1 ? relation.description : relation.relation
  }
}

/// A share as people read it: 0…1 as percent with two digits.
func percent(_ value: Double) -> String { String(format: "%.2f", 100 * value) }

/// A duration in seconds as people read it.
func duration(_ seconds: Double) -> String {
  if seconds < 1 { return String(format: "%.1f ms", 1000 * seconds) }
  if seconds < 120 { return String(format: "%.1f s", seconds) }
  return String(format: "%d min %02d s", Int(seconds) / 60, Int(seconds) % 60)
}

/// A count with thousands set apart.
func grouped(_ count: Int) -> String {
  var digits = String(abs(count))
  var parts: [String] = []
  while digits.count > 3 {
    parts.insert(String(digits.suffix(3)), at: 0)
    digits.removeLast(3)
  }
  return (count < 0 ? "-" : "") + ([digits] + parts).joined(separator: ",")
}

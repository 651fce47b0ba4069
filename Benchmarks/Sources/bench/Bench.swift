import Foundation
import GroveKernels
import GroveStore

/// One thing that is timed.
protocol Row {
  /// What the work cannot do without: bytes to move, of a working set that is read again and again, and operations.
  var cost: Cost { get }
  /// The work, once.
  func run() throws
  /// What the work gives, without anything random in it, for the peer to compare: file name, shape, numbers.
  func result() throws -> [(name: String, shape: [Int], values: [Float])]
}

/// What a row's time is held against.
struct Cost {
  /// Bytes read and written, each as often as it is.
  var bytes = 0.0
  /// Bytes of what is read again and again: its bandwidth is that of the cache it fits.
  var workingSet = 0.0
  /// Floating-point operations, a multiplication and an addition being two.
  var operations = 0.0
}

/// `make SET FOLDER` writes arrays; `machine` measures the machine; `serve ROW DATA EXCHANGE` answers `time N`,
/// `check` and `memory` on its input, a line of JSON each.
@main
struct Bench {
  static func main() {
    do {
      try run(Array(CommandLine.arguments.dropFirst()))
    } catch {
      FileHandle.standardError.write(Data("bench: \(error)\n".utf8))
      exit(1)
    }
  }

  private static func run(_ arguments: [String]) throws {
    try CPUPath.check(ProcessInfo.processInfo.environment["GROVE_CPU"])
    Workers.setThreadCount(2)
    switch arguments.first {
    case "make" where arguments.count == 3: try DataSets.make(arguments[1], in: arguments[2])
    case "machine" where arguments.count == 1: say(Machine.measured())
    case "serve" where arguments.count == 4:
      try serve(arguments[1], data: arguments[2], exchange: arguments[3])
    default: throw BenchFailure("usage: bench make SET FOLDER | machine | serve ROW DATA EXCHANGE")
    }
  }

  private static func serve(_ name: String, data: String, exchange: String) throws {
    guard let make = RowCatalogue.rows[name] else { throw BenchFailure("no row '\(name)'") }
    let row = try make(Arrays(data), Arrays(exchange))
    try row.run()
    Machine.forgetPeakMemory()
    say([
      "bytes": row.cost.bytes, "workingSet": row.cost.workingSet, "operations": row.cost.operations,
      "path": CPUPath.name,
    ])
    while let line = readLine() {
      let words = line.split(separator: " ")
      switch words.first {
      case "time":
        let repeats = words.count > 1 ? Int(words[1]) ?? 1 : 1
        let start = DispatchTime.now().uptimeNanoseconds
        for _ in 0..<repeats { try row.run() }
        say(["seconds": Double(DispatchTime.now().uptimeNanoseconds - start) / 1e9 / Double(repeats)])
      case "memory": say(["mebibytes": Machine.peakMemory])
      case "check":
        let results = try row.result()
        for result in results { try Arrays(exchange).write(result.name, result.values, result.shape) }
        say(["written": results.count])
      default: throw BenchFailure("unknown order '\(line)'")
      }
    }
  }

  private static func say(_ values: [String: Any]) {
    guard let line = try? JSONSerialization.data(withJSONObject: values, options: [.sortedKeys]) else {
      preconditionFailure("bench: \(values) is not JSON")
    }
    FileHandle.standardOutput.write(line + Data("\n".utf8))
  }
}

struct BenchFailure: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

/// A folder of `.npy` arrays that both sides read.
struct Arrays {
  let folder: String
  init(_ folder: String) { self.folder = folder }

  func path(_ name: String) -> String { "\(folder)/\(name).npy" }
  func has(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path(name)) }
  func int32s(_ name: String) throws -> [Int32] { try NumpyArray(path: path(name)).int32s() }
  func int64s(_ name: String) throws -> [Int64] { try NumpyArray(path: path(name)).int64s() }
  func floats(_ name: String) throws -> [Float] { try NumpyArray(path: path(name)).floats() }
  func shape(_ name: String) throws -> [Int] { try NumpyArray(path: path(name)).shape }
  func write(_ name: String, _ values: [Float], _ shape: [Int]) throws {
    try NumpyArray.write(.floats(values), shape: shape, to: path(name))
  }
  func write(_ name: String, _ values: [Int32]) throws {
    try NumpyArray.write(.int32s(values), shape: [values.count], to: path(name))
  }
  func write(_ name: String, _ values: [Int64]) throws {
    try NumpyArray.write(.int64s(values), shape: [values.count], to: path(name))
  }
}

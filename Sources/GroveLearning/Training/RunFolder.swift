import Foundation
import GroveKernels

/// The folder of one run: its files, by the names that the command line's contract gives them.
public struct RunFolder: Sendable {
  /// Where the folder lies or will lie.
  public let path: String

  /// A run's folder by its path, whether it exists or not.
  public init(_ path: String) { self.path = path }

  /// The configuration that decided the run.
  public var configurationPath: String { path + "/config.json" }
  /// One line of losses and scores an epoch.
  public var metricsPath: String { path + "/metrics.jsonl" }
  /// The weights of the best epoch.
  public var bestPath: String { path + "/best.safetensors" }
  /// The last checkpoint: everything that `--resume` needs.
  public var lastPath: String { path + "/last.safetensors" }
  /// What a finished run writes about itself; absent until then.
  public var manifestPath: String { path + "/manifest.json" }
  /// A page about a finished run; above several runs one about all of them.
  public var reportPath: String { path + "/report.html" }

  /// The folders of the N runs of one command: the folder itself for one, `run-0` … below it for more.
  public func parts(count: Int) -> [RunFolder] {
    count == 1 ? [self] : (0..<count).map { RunFolder(path + "/run-\($0)") }
  }

  /// The whole command's folder and this one's number, where this is one of its several runs (`RUN/run-3`).
  ///
  /// - Throws: `TrainingFailure.configuration` where the configuration around it cannot be read.
  public func enclosing() throws -> (whole: RunFolder, number: Int)? {
    let whole = RunFolder((path as NSString).deletingLastPathComponent)
    guard let number = RunFolder.number(of: (path as NSString).lastPathComponent), whole.exists,
      try whole.configuration().runs > max(1, number)
    else { return nil }
    return (whole, number)
  }

  /// The number in `run-3`.
  private static func number(of name: String) -> Int? {
    guard name.hasPrefix("run-"), let number = Int(name.dropFirst(4)), name == "run-\(number)" else { return nil }
    return number
  }

  /// Whether a run lies here, finished or not.
  public var exists: Bool { FileManager.default.fileExists(atPath: configurationPath) }

  /// Makes the folder for a new run.
  ///
  /// - Throws: `TrainingFailure.folder` where something lies there and `overwriting` is off; `FileFailure`.
  public func create(overwriting: Bool) throws {
    if FileManager.default.fileExists(atPath: path) {
      guard AtomicFile.isFolder(path) else {
        throw TrainingFailure.folder(
          path: path, reason: "a file is in the way; choose another --out", kind: .cannotCreate)
      }
      let contents = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
      if exists {
        guard overwriting else {
          throw TrainingFailure.folder(
            path: path, reason: "a run lies here; choose another --out, or add --overwrite or --resume",
            kind: .cannotCreate)
        }
        try clear(contents)
      } else if contents.allSatisfy(RunFolder.isRemnant) {
        try clearRemnants()
      } else {
        throw TrainingFailure.folder(
          path: path, reason: "the folder is not empty and holds no run; choose another --out", kind: .cannotCreate)
      }
    }
    try AtomicFile.makeFolder(path)
    guard FileManager.default.isWritableFile(atPath: path) else {
      throw FileFailure.cannotCreate(path: path, code: EACCES)
    }
  }

  private static let ownNames: Set = [
    "config.json", "metrics.jsonl", "best.safetensors", "last.safetensors", "manifest.json", "report.html",
  ]

  /// Removes what a run wrote, and nothing else.
  private func clear(_ contents: [String]) throws {
    for name in contents where RunFolder.number(of: name) != nil {
      let part = RunFolder(path + "/" + name)
      try part.clear((try? FileManager.default.contentsOfDirectory(atPath: part.path)) ?? [])
      if (try? FileManager.default.contentsOfDirectory(atPath: part.path))?.isEmpty == true { try remove(name) }
    }
    for name in contents where RunFolder.ownNames.contains(name) || RunFolder.isRemnant(name) {
      if name != "config.json" { try remove(name) }
    }
    // Last, so that a folder cleared in part still counts as a run that may be overwritten.
    if contents.contains("config.json") { try remove("config.json") }
  }

  /// Removes what a process that was killed while writing left behind.
  func clearRemnants() throws {
    let contents = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    for name in contents where RunFolder.isRemnant(name) { try remove(name) }
  }

  /// Whether a file is one of a run's, written in part: `last.safetensors.1234.partial`.
  private static func isRemnant(_ name: String) -> Bool {
    let stem = ((name as NSString).deletingPathExtension as NSString).deletingPathExtension
    return name.hasSuffix(".partial") && ownNames.contains(stem)
  }

  private func remove(_ name: String) throws {
    do { try FileManager.default.removeItem(atPath: path + "/" + name) } catch {
      throw FileFailure.cannotCreate(path: path + "/" + name, code: EACCES)
    }
  }

  /// The configuration of the run.
  /// - Throws: `TrainingFailure.folder` where no run lies here.
  public func configuration() throws -> TrainingConfiguration {
    guard let data = FileManager.default.contents(atPath: configurationPath) else {
      throw TrainingFailure.folder(
        path: path, reason: "no run lies here (there is no config.json); check the path", kind: .missingInput)
    }
    return try TrainingConfiguration(layers: [ConfigurationLayer(json: data, origin: configurationPath)])
  }

  /// The result of a finished run, or nil.
  public func result() throws -> RunResult? { try manifest()?.result }

  /// What the finished model takes and gives.
  /// - Throws: `TrainingFailure.folder` where training has not finished.
  public func signature() throws -> ModelSignature {
    guard let manifest = try manifest() else {
      throw TrainingFailure.folder(
        path: path, reason: "training has not finished; go on with: grove train --resume \(path)", kind: .missingInput)
    }
    return manifest.signature
  }

  private func manifest() throws -> RunManifest? {
    guard let data = FileManager.default.contents(atPath: manifestPath) else { return nil }
    do { return try JSONDecoder().decode(RunManifest.self, from: data) } catch {
      throw TrainingFailure.checkpoint(path: manifestPath, reason: "it cannot be read as a run's manifest")
    }
  }
}

extension RunFolder {
  /// Writes the manifest of a finished run, whose weight files are there.
  func write(_ result: RunResult, _ signature: ModelSignature, of data: NodeData) throws {
    try write(result, signature, graph: data.name, nodes: data.nodeCount, edges: data.edgeCount)
  }

  /// Writes the manifest of a finished run on a graph of so many nodes and edges.
  func write(_ result: RunResult, _ signature: ModelSignature, graph: String, nodes: Int, edges: Int) throws {
    let manifest = RunManifest(
      version: GroveVersion.current, cpuPath: CPUPath.name, graph: graph, nodes: nodes, edges: edges,
      files: [
        "best.safetensors": try Checksum.sha256(ofFile: bestPath),
        "last.safetensors": try Checksum.sha256(ofFile: lastPath),
      ], signature: signature, result: result)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    try AtomicFile.write(encoder.encode(manifest) + Data("\n".utf8), to: manifestPath)
  }
}

/// What a trained model takes and gives, so that it can be used on a graph that it was not trained on.
public struct ModelSignature: Codable, Sendable, Equatable {
  /// The type of node that is classified.
  public var nodeType: String
  /// Columns of the features it takes.
  public var featureWidth: Int
  /// Names of the classes it gives, in the order of its scores.
  public var classes: [String]
  /// Whether a node may get several classes.
  public var isMultiLabel: Bool
  /// Columns of the features of each type, for heterogeneous models only.
  public var featureWidths: [Int]?
  /// The relations or meta-paths that it sees, for heterogeneous models only.
  public var relations: [String]?
}

/// What a run came to.
public struct RunResult: Codable, Sendable, Equatable {
  /// Number of the run, from 0.
  public var run: Int
  /// Name of the split it was trained on.
  public var split: String
  /// Number of trainable numbers; 0 for label propagation.
  public var parameters: Int
  /// Number of epochs that were trained.
  public var epochs: Int
  /// The epoch whose weights were kept, from 1; 0 where nothing is trained.
  public var bestEpoch: Int
  /// Mean time of an epoch, its step and its evaluation, in seconds.
  public var secondsPerEpoch: Double
  /// Metrics of the best weights on training nodes, by JSON key; empty without nodes.
  public var train: [String: Double]
  /// Metrics of the best weights on validation nodes, by JSON key; empty without nodes.
  public var validation: [String: Double]
  /// Metrics of the best weights on test nodes, by JSON key; empty without nodes.
  public var test: [String: Double]
  /// How many classes there are, of open-world runs only.
  public var classes: ClassCounts?

  /// Numbers of classes of an open-world run.
  public struct ClassCounts: Codable, Sendable, Equatable {
    /// K, the number that was trained with.
    public var used: Int
    /// Whether K was estimated.
    public var isEstimated: Bool
    /// Number of classes that the split calls seen.
    public var seen: Int
    /// Number of classes of the split, seen and novel.
    public var split: Int
  }
}

/// What a finished run writes about itself.
struct RunManifest: Codable {
  var version: String
  var cpuPath: String
  var graph: String
  var nodes: Int
  var edges: Int
  /// SHA-256 of each weight file.
  var files: [String: String]
  var signature: ModelSignature
  var result: RunResult
}

/// One line an epoch in `metrics.jsonl`.
struct MetricsLog {
  struct Line: Codable {
    var epoch: Int
    var loss: Double
    var learningRate: Double
    var train: [String: Double]
    var validation: [String: Double]
    var seconds: Double
  }

  private let path: String
  private let handle: FileHandle
  /// Seconds that the kept epochs took.
  let keptSeconds: Double

  /// Opens the log to go on after `epoch`; later lines, from before an interruption, are cut off.
  init(path: String, keepingThrough epoch: Int) throws {
    self.path = path
    var kept = Data()
    var seconds = 0.0
    if epoch > 0, let old = FileManager.default.contents(atPath: path) {
      for line in old.split(separator: UInt8(ascii: "\n")) {
        guard let parsed = try? JSONDecoder().decode(Line.self, from: line), parsed.epoch <= epoch else { continue }
        kept.append(line)
        kept.append(UInt8(ascii: "\n"))
        seconds += parsed.seconds
      }
    }
    keptSeconds = seconds
    try AtomicFile.write(kept, to: path)
    guard let handle = FileHandle(forWritingAtPath: path) else { throw FileFailure.cannotWrite(path: path, code: EIO) }
    self.handle = handle
    do { try handle.seekToEnd() } catch { throw FileFailure.cannotWrite(path: path, code: EIO) }
  }

  func append(_ line: Line) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let text = try encoder.encode(line) + Data("\n".utf8)
    do { try handle.write(contentsOf: text) } catch { throw FileFailure.cannotWrite(path: path, code: ENOSPC) }
  }
}

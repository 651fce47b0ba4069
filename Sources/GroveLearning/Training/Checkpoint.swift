import Foundation
import GroveKernels
import GroveLayers
import GroveTensors

/// Where a training stands after an epoch, beside the numbers of the model and of the optimiser.
struct TrainingState: Codable, Equatable {
  var epoch = 0
  var bestEpoch = 0
  /// Validation score of the best epoch, larger being better; nil before there is one.
  var bestScore: Double?
  var bestLoss: Double?
  /// Steps of each parameter in the optimiser.
  var steps: [Int] = []
  /// Of each epoch of open-world training.
  var silhouettes: [Double]?
  /// Of each epoch of open-world training, on validation nodes.
  var accuracies: [Double]?
  /// Steps of link training, whose number differs from epoch to epoch where walks make the pairs.
  var linkSteps: Int?
  /// The epoch after which an encoder's training began, where it has.
  var tunedAfter: Int?
  /// Epochs whose weights are kept, where that is not the best one alone.
  var keptEpochs: [Int]?
}

/// The numbers of a model by name, copied.
struct ModelWeights {
  let tensors: [(name: String, shape: [Int], values: FloatBuffer)]

  init(tensors: [(name: String, shape: [Int], values: FloatBuffer)]) { self.tensors = tensors }

  /// Copies of a module's parameters and buffers.
  init(of module: some Module) {
    tensors =
      module.parameters().map {
        ($0.name, [$0.value.shape.rows, $0.value.shape.columns], $0.value.value.buffer.copied())
      }
      + module.buffers().map { ($0.name, [$0.value.value.count], $0.value.value.copied()) }
  }

  /// Puts the numbers back.
  ///
  /// - Precondition: they were taken from the same module.
  func restore(to module: some Module) {
    let places = module.parameters().map(\.value.value.buffer) + module.buffers().map(\.value.value)
    for (place, tensor) in zip(places, tensors) { place.copy(from: tensor.values) }
  }
}

/// Weights that a run may end with.
struct KeptWeights {
  /// The epoch that they are of; 0: the best so far, whichever it is.
  let epoch: Int
  let weights: ModelWeights

  /// What their names in a checkpoint begin with.
  static func prefix(epoch: Int) -> String { epoch == 0 ? "best/" : "epoch-\(epoch)/" }
}

/// Weight files of a run: `best.safetensors` holds a model, `last.safetensors` everything that resuming needs.
///
/// Neither file holds a path, a time, a number of threads or anything computed from test nodes, so equal runs give
/// equal bytes. Both hold a checksum of themselves, so damage is found before it is trained on.
struct CheckpointFiles {
  let bestPath: String
  let lastPath: String
  let fingerprint: String
  let model: String

  private static let format = "grove-1"

  init(bestPath: String, lastPath: String, fingerprint: String, model: String) {
    (self.bestPath, self.lastPath, self.fingerprint, self.model) = (bestPath, lastPath, fingerprint, model)
  }

  /// The files of a run's folder, tied to the configuration and to numbers that say which data it was trained on.
  init(in folder: RunFolder, _ configuration: TrainingConfiguration, numbers: [[Int]], model: String) throws {
    var identity = configuration
    identity.store = ""
    identity.runs = 1
    identity.checkpointEvery = nil
    var text = try identity.json
    for line in numbers { text.append(Data((line.map(String.init).joined(separator: ",") + "\n").utf8)) }
    self.init(
      bestPath: folder.bestPath, lastPath: folder.lastPath, fingerprint: Checksum.sha256(text), model: model)
  }

  func writeBest(_ weights: ModelWeights, epoch: Int) throws {
    try write(weights.tensors, ["epoch": String(epoch)], to: bestPath)
  }

  func writeLast(
    _ state: TrainingState, current: ModelWeights, best: ModelWeights, memory: OptimizerMemory?
  ) throws {
    try writeLast(state, current: current, kept: [KeptWeights(epoch: 0, weights: best)], memory: memory)
  }

  func writeLast(
    _ state: TrainingState, current: ModelWeights, kept: [KeptWeights], memory: OptimizerMemory?
  ) throws {
    var state = state
    state.steps = memory?.steps ?? []
    var tensors = current.tensors.map { ("model/" + $0.name, $0.shape, $0.values) }
    for one in kept {
      let prefix = KeptWeights.prefix(epoch: one.epoch)
      tensors += one.weights.tensors.map { (prefix + $0.name, $0.shape, $0.values) }
    }
    tensors += (memory?.saved ?? []).map { ("optimizer/\($0.slot)/\($0.parameter)", [$0.values.count], $0.values) }
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let metadata = [
      "configuration": fingerprint, "state": String(decoding: try encoder.encode(state), as: UTF8.self),
    ]
    try write(tensors.map { (name: $0.0, shape: $0.1, values: $0.2) }, metadata, to: lastPath)
  }

  private func write(
    _ tensors: [(name: String, shape: [Int], values: FloatBuffer)], _ extra: [String: String], to path: String
  ) throws {
    var metadata = extra
    metadata["format"] = CheckpointFiles.format
    metadata["model"] = model
    var sum = RunningChecksum(metadata)
    for tensor in tensors.sorted(by: { $0.name < $1.name }) {
      sum.add(tensor.name, tensor.shape)
      tensor.values.read { for index in 0..<$0.count { sum.add(UInt64($0[index].bitPattern)) } }
    }
    metadata["checksum"] = sum.text
    try SafetensorsFile.write(tensors, metadata: metadata, to: path)
  }

  /// - Throws: `TrainingFailure.checkpoint` where the file is not what was written; what reading throws.
  private func read(_ path: String) throws -> (tensors: [String: SafetensorsFile.Entry], metadata: [String: String]) {
    let (tensors, metadata) = try SafetensorsFile.read(path)
    guard let expected = metadata["checksum"] else {
      throw TrainingFailure.checkpoint(path: path, reason: "it holds no checksum, so it is no checkpoint of Grove")
    }
    var sum = RunningChecksum(metadata.filter { $0.key != "checksum" })
    for (name, entry) in tensors.sorted(by: { $0.key < $1.key }) {
      sum.add(name, entry.shape)
      for value in entry.values { sum.add(UInt64(value.bitPattern)) }
    }
    guard sum.text == expected else {
      throw TrainingFailure.checkpoint(path: path, reason: "its checksum is not that of its contents; it is damaged")
    }
    return (tensors, metadata)
  }

  /// Puts the last checkpoint into a model and its optimiser; nil where there is none.
  ///
  /// - Throws: `TrainingFailure.checkpoint` where it belongs to another model or configuration.
  func readLast(
    into module: some Module, memory: OptimizerMemory?
  ) throws -> (state: TrainingState, kept: [KeptWeights])? {
    guard FileManager.default.fileExists(atPath: lastPath) else { return nil }
    let (tensors, metadata) = try read(lastPath)
    guard metadata["configuration"] == fingerprint else {
      throw TrainingFailure.checkpoint(path: lastPath, reason: "it belongs to another model, configuration or graph")
    }
    guard let state = try? JSONDecoder().decode(TrainingState.self, from: Data((metadata["state"] ?? "").utf8)) else {
      throw TrainingFailure.checkpoint(path: lastPath, reason: "its state cannot be read")
    }
    let kept = try (state.keptEpochs ?? [0]).map { epoch in
      try CheckpointFiles.fill(module, from: tensors, prefix: KeptWeights.prefix(epoch: epoch), path: lastPath)
      return KeptWeights(epoch: epoch, weights: ModelWeights(of: module))
    }
    try CheckpointFiles.fill(module, from: tensors, prefix: "model/", path: lastPath)
    if let memory {
      guard state.steps.count == memory.steps.count else {
        throw TrainingFailure.checkpoint(
          path: lastPath,
          reason: "its optimiser counts \(state.steps.count) parameters, the model has \(memory.steps.count)")
      }
      let sizes = Dictionary(uniqueKeysWithValues: module.parameters().map { ($0.name, $0.value.shape.count) })
      // In order of names, which is the order in which an optimiser makes its slots: equal runs write equal bytes.
      for (name, entry) in tensors.sorted(by: { $0.key < $1.key }) where name.hasPrefix("optimizer/") {
        let parts = name.split(separator: "/", maxSplits: 2).map(String.init)
        guard parts.count == 3, sizes[parts[2]] == entry.values.count else {
          throw TrainingFailure.checkpoint(path: lastPath, reason: "'\(name)' does not fit the model")
        }
        memory.restore(slot: parts[1], parameter: parts[2], values: entry.values)
      }
      memory.restore(steps: state.steps)
    }
    return (state, kept)
  }

  /// Puts the best weights of a run into a model.
  func readBest(into module: some Module) throws {
    let (tensors, metadata) = try read(bestPath)
    guard metadata["model"] == model else {
      throw TrainingFailure.checkpoint(
        path: bestPath, reason: "it holds a model '\(metadata["model"] ?? "unnamed")', the run is of '\(model)'")
    }
    try CheckpointFiles.fill(module, from: tensors, prefix: "", path: bestPath)
  }

  private static func fill(
    _ module: some Module, from tensors: [String: SafetensorsFile.Entry], prefix: String, path: String
  ) throws {
    let places =
      module.parameters().map { ($0.name, $0.value.value.buffer, [$0.value.shape.rows, $0.value.shape.columns]) }
      + module.buffers().map { ($0.name, $0.value.value, [$0.value.value.count]) }
    for (name, buffer, shape) in places {
      guard let entry = tensors[prefix + name] else {
        throw TrainingFailure.checkpoint(path: path, reason: "it lacks '\(prefix + name)', so it is of another model")
      }
      guard entry.shape == shape else {
        throw TrainingFailure.checkpoint(
          path: path, reason: "'\(prefix + name)' has shape \(entry.shape), the model needs \(shape)")
      }
      buffer.copy(from: FloatBuffer(entry.values))
    }
    let known = Set(places.map { prefix + $0.0 })
    if prefix.isEmpty, let extra = tensors.keys.filter({ !known.contains($0) }).min() {
      throw TrainingFailure.checkpoint(path: path, reason: "it holds '\(extra)', which the model does not have")
    }
  }
}

/// A checksum over words in their order (64-bit FNV-1a, a word at a time).
///
/// A change of any one word changes it; it finds damage, not forgery.
private struct RunningChecksum {
  private var value: UInt64 = 0xcbf2_9ce4_8422_2325

  init(_ metadata: [String: String]) {
    for (key, text) in metadata.sorted(by: { $0.key < $1.key }) {
      add(key)
      add(text)
    }
  }

  var text: String { String(value, radix: 16) }

  mutating func add(_ word: UInt64) { value = (value ^ word) &* 0x100_0000_01b3 }

  mutating func add(_ name: String, _ shape: [Int]) {
    add(name)
    for side in shape { add(UInt64(side)) }
  }

  private mutating func add(_ text: String) {
    add(UInt64(text.utf8.count))
    for byte in text.utf8 { add(UInt64(byte)) }
  }
}

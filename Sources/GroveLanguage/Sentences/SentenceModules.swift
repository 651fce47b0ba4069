import Foundation
import GroveKernels
import GroveLayers
import GroveTensors

/// What turns the rows of tokens into a row of a text, as `modules.json` of a sentence-transformers folder lists it.
final class SentenceModules: Module {
  /// Kinds of pooling, their rows side by side.
  let poolings: [Pooling]
  /// Dense layers after pooling.
  let layers: [DenseModule]
  /// Whether each row is brought to length 1 at the end.
  let normalizes: Bool
  /// F, columns of a text's row.
  let width: Int

  private struct Entry: Decodable {
    let path: String
    let type: String
  }

  /// Reads the modules of a folder; without `modules.json` tokens are averaged, as sentence-transformers does.
  ///
  /// - Parameter width: d, columns of a token's row.
  /// - Throws: `EncoderFailure` naming a module that is not known.
  init(folder: String, width: Int) throws {
    let path = "\(folder)/modules.json"
    var entries: [Entry] = []
    if let data = FileManager.default.contents(atPath: path) {
      guard let read = try? JSONDecoder().decode([Entry].self, from: data) else {
        throw EncoderFailure.malformed(
          path: path, reason: "it is not a list of modules", advice: "fetch the model again")
      }
      entries = read
    }
    var poolings: [Pooling] = []
    var layers: [DenseModule] = []
    var normalizes = false
    var columns = width
    for entry in entries {
      let place = entry.path.isEmpty ? folder : "\(folder)/\(entry.path)"
      guard !entry.path.hasPrefix("/"), !entry.path.split(separator: "/").contains("..") else {
        throw EncoderFailure.malformed(
          path: path, reason: "module folder '\(entry.path)' lies outside", advice: "fetch the model again")
      }
      switch entry.type.split(separator: ".").last.map(String.init) ?? entry.type {
      case "Transformer":
        if !entry.path.isEmpty {
          throw EncoderFailure.unsupported(
            path: path, reason: "the model lies in '\(entry.path)'", advice: "give a folder with the model at its top")
        }
      case "Pooling":
        poolings = try Pooling.read(folder: place)
        columns = width * poolings.count
      case "Dense":
        let layer = try DenseModule(folder: place, inputWidth: columns)
        layers.append(layer)
        columns = layer.width
      case "Normalize": normalizes = true
      default:
        throw EncoderFailure.unsupported(
          path: path, reason: "module '\(entry.type)' is not known",
          advice: "give a model of Transformer, Pooling, Dense and Normalize")
      }
    }
    self.poolings = poolings.isEmpty ? [.mean] : poolings
    self.layers = layers
    self.normalizes = normalizes
    self.width = columns
  }

  /// Equal for modules that make equal rows of equal tokens.
  var identity: String { "\(poolings) \(layers.map(\.identity))" }

  /// Rows of texts before they are brought to a length.
  ///
  /// - Shape: [tokens, d] → [segments, F].
  func callAsFunction(_ tokens: Tensor, over segments: Segments) -> Tensor {
    let pooled = poolings.map { $0(tokens, over: segments) }
    let rows = pooled.count == 1 ? pooled[0] : Tensor.concatenatingColumns(pooled)
    return layers.reduce(rows) { $1($0) }
  }
}

/// A dense layer after pooling.
final class DenseModule: Module {
  let linear: PretrainedLinear
  let width: Int
  let identity: String
  private let isTanh: Bool

  init(folder: String, inputWidth: Int) throws {
    let settings = try ModelSettings("\(folder)/config.json")
    width = try settings.count("out_features")
    let named = settings.text("activation_function") ?? "torch.nn.modules.activation.Tanh"
    switch named.split(separator: ".").last ?? "" {
    case "Tanh": isTanh = true
    case "Identity": isTanh = false
    default:
      throw EncoderFailure.unsupported(
        path: settings.path, reason: "activation '\(named)' is not known", advice: "give a model with Tanh or Identity")
    }
    let weights = try PretrainedWeights("\(folder)/model.safetensors", family: .bert)
    linear = try weights.linear("linear", inputWidth, width)
    identity = "\(try Checksum.sha256(ofFile: "\(folder)/model.safetensors")) \(isTanh)"
  }

  func callAsFunction(_ x: Tensor) -> Tensor {
    let y = linear(x)
    return isTanh ? y.tanh() : y
  }
}

import GroveKernels
import GroveTensors

/// The weights of a BERT or DistilBERT folder, by the names that Grove's modules ask for.
struct PretrainedWeights {
  private let file: SafetensorsReader
  private let family: BertConfiguration.Family
  /// What stands before every name, such as `bert.`.
  private let prefix: String

  /// - Throws: `FileFailure.missing`; `SafetensorsFailure` for a damaged file or one without the word embeddings.
  init(_ path: String, family: BertConfiguration.Family) throws {
    file = try SafetensorsReader(path)
    self.family = family
    let named = "\(family.rawValue)."
    prefix = file.contains("\(named)embeddings.word_embeddings.weight") ? named : ""
  }

  /// A tensor of the published shape, as rows, read in place where the file allows it: not to be written to.
  ///
  /// - Throws: `SafetensorsFailure` naming file, tensor and both shapes.
  func rows(_ name: String, _ rows: Int, _ columns: Int) throws -> Tensor {
    Tensor(try file.floats(named: prefix + name, shape: [rows, columns]), rows: rows, columns: columns)
  }

  /// One row of numbers, copied, so that training may change it. [1, columns]
  func row(_ name: String, _ columns: Int) throws -> Tensor {
    Tensor(try file.floats(named: prefix + name, shape: [columns]).copied(), rows: 1, columns: columns)
  }

  /// A dense layer, whose weight is stored [out, in].
  func linear(_ name: String, _ inputWidth: Int, _ outputWidth: Int) throws -> PretrainedLinear {
    let stored = try file.floats(named: "\(prefix)\(name).weight", shape: [outputWidth, inputWidth])
    let weight = FloatBuffer(count: stored.count)
    stored.read { from in
      weight.write { to in
        for row in 0..<outputWidth {
          for column in 0..<inputWidth { to[column * outputWidth + row] = from[row * inputWidth + column] }
        }
      }
    }
    return PretrainedLinear(
      weight: Tensor(weight, rows: inputWidth, columns: outputWidth), bias: try row("\(name).bias", outputWidth))
  }

  /// A layer norm; old files call its numbers gamma and beta.
  func norm(_ name: String, _ width: Int, epsilon: Float) throws -> PretrainedNorm {
    let isOld = file.contains("\(prefix)\(name).gamma")
    return PretrainedNorm(
      weight: try row("\(name).\(isOld ? "gamma" : "weight")", width),
      bias: try row("\(name).\(isOld ? "beta" : "bias")", width), epsilon: epsilon)
  }
}

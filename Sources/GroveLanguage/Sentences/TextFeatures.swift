import GroveKernels
public import GroveLayers
public import GroveTensors

/// Rows of nodes' texts through an encoder that training can change.
///
/// In training a step encodes only the texts it is asked for. Nothing within the layers is kept between the forward and
/// the backward pass: a few texts at a time are encoded again, so memory does not grow with the number of texts beyond
/// their rows, or with that of their tokens. For evaluation all texts are encoded at most once for each state of the
/// weights.
public final class TextFeatures: TunableFeatures {
  /// Whether training changes the encoder from now on.
  public var isTuning = false
  /// Columns of a row.
  public var width: Int { rows.columns }
  /// What training changes: layers and adapters.
  ///
  /// All that is saved of the encoder.
  let trained: [any Module]
  private let frozen: Frozen
  private let sequences: [[Int32]]
  /// Rows of all texts by the weights `seen`. [texts, F]
  private var rows: Tensor
  private var seen: [FloatBuffer]

  /// The encoder, hidden from what lists a module's parameters: most of it never changes.
  private struct Frozen { let encoder: BertEncoder }

  /// Tokens of the texts of a chunk.
  private static let chunkTokens = 4096
  /// Tokens up to which the rows before the first trained layer are kept for the backward pass.
  private static let keptTokens = 1 << 16

  /// - Parameters:
  ///   - encoder: with `tune` or `adapt` called on its model.
  ///   - sequences: tokens of each text.
  ///   - rows: what the encoder gives for them as it is. [texts, F]
  ///   - rateScale: what the learning rate is multiplied by for the encoder's numbers.
  /// - Precondition: a row for each sequence; the encoder cuts long texts off.
  public init(_ encoder: BertEncoder, sequences: [[Int32]], rows: Tensor, rateScale: Float) {
    precondition(
      rows.rows == sequences.count && rows.columns == encoder.width,
      "TextFeatures: rows \(rows.shape) for \(sequences.count) texts of width \(encoder.width)")
    precondition(encoder.takesOneSequence, "TextFeatures: an encoder that averages pieces of long texts")
    frozen = Frozen(encoder: encoder)
    trained = encoder.model.trainedModules
    self.sequences = sequences
    self.rows = rows.densified().detached()
    seen = TextFeatures.weights(of: trained).map { $0.copied() }
    for module in trained { for parameter in module.parameters() { parameter.value.rateScale = rateScale } }
  }

  /// Rows of the given nodes, of all where nil. [nodes, F]
  public func features(of nodes: [Int32]?) -> Tensor {
    if isTuning && Pass.isTraining { return live(nodes ?? sequences.indices.map { Int32($0) }) }
    return nodes.map { rows.gathering(rows: $0) } ?? rows
  }

  /// Encodes all texts again where the weights have changed since that was done last.
  ///
  /// - Complexity: O(weights) where they have not, else the encoder's for all texts.
  public func refresh() {
    let now = TextFeatures.weights(of: trained)
    if zip(now, seen).allSatisfy(TextFeatures.areEqual) { return }
    rows = Tensor(frozen.encoder.rows(of: sequences), rows: sequences.count, columns: width)
    seen = now.map { $0.copied() }
  }

  private static func weights(of modules: [any Module]) -> [FloatBuffer] {
    modules.flatMap { $0.parameters().map(\.value.value.buffer) }
  }

  private static func areEqual(_ a: FloatBuffer, _ b: FloatBuffer) -> Bool {
    a.read { a in
      b.read { b in
        for place in 0..<a.count where a[place] != b[place] { return false }
        return true
      }
    }
  }

  /// Rows by the weights as they are, with a gradient. [nodes, F]
  private func live(_ nodes: [Int32]) -> Tensor {
    let keeps = nodes.reduce(0) { $0 + sequences[Int($1)].count } <= TextFeatures.keptTokens
    return .concatenatingRows(
      TextFeatures.chunks(of: nodes.map { sequences[Int($0)] }).map { encoded($0, keeps: keeps) })
  }

  /// - Parameter keeps: whether the rows before the first trained layer stay for the backward pass.
  private func encoded(_ chunk: [[Int32]], keeps: Bool) -> Tensor {
    let (encoder, tokens) = (frozen.encoder, PackedTokens(chunk))
    let start = keeps ? encoder.model.frozenRows(tokens) : Tensor([0], rows: 1, columns: 1)
    return start.recomputing { start in
      encoder.pooled(
        encoder.model.trainedRows(keeps ? start : encoder.model.frozenRows(tokens), over: tokens.segments),
        over: tokens.segments)
    }
  }

  /// Consecutive sequences, so many that a chunk has no more tokens than it may, or one.
  private static func chunks(of sequences: [[Int32]]) -> [[[Int32]]] {
    var chunks: [[[Int32]]] = [[]]
    var count = 0
    for sequence in sequences {
      if count > 0 && count + sequence.count > chunkTokens {
        chunks.append([])
        count = 0
      }
      chunks[chunks.count - 1].append(sequence)
      count += sequence.count
    }
    return chunks
  }
}

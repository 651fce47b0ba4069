import Foundation
import GroveGraphs
import GroveKernels
import GroveLanguage
import GroveLayers
import GroveLearning
import GroveStore
import GroveTensors

/// A graph with feature columns more, made of its nodes' texts while it is trained on.
struct EncodedGraph: GraphSource, FeatureSource {
  private let base: any GraphData
  private let columns: [Column]

  struct Column {
    let type: NodeType
    let name: String
    let matrix: FeatureMatrix
  }

  init(_ base: any GraphData, _ columns: [Column]) { (self.base, self.columns) = (base, columns) }

  var name: String { base.name }
  var nodeTypes: [NodeType] { base.nodeTypes }
  var relations: [EdgeType] { base.relations }
  var labeledType: NodeType? { base.labeledType }
  var splitNames: [String] { base.splitNames }
  var labelRelation: EdgeType? { base.labelRelation }
  func nodeCount(of type: NodeType) -> Int { base.nodeCount(of: type) }
  func edges(of relation: EdgeType) throws -> EdgeList { try base.edges(of: relation) }
  func labels() throws -> Labels? { try base.labels() }
  func split(named name: String) throws -> Split { try base.split(named: name) }
  func nodeIDs(of type: NodeType) throws -> [String]? { try base.nodeIDs(of: type) }
  func nodeYears(of type: NodeType) throws -> [Int32]? { try base.nodeYears(of: type) }
  func edgeYears(of relation: EdgeType) throws -> [Int32]? { try base.edgeYears(of: relation) }

  func featureNames(of type: NodeType) -> [String] {
    let own = columns.filter { $0.type == type }.map(\.name)
    return own + base.featureNames(of: type).filter { !own.contains($0) }
  }

  func features(named name: String, of type: NodeType) throws -> FeatureMatrix {
    try columns.first { $0.type == type && $0.name == name }?.matrix ?? base.features(named: name, of: type)
  }
}

/// The data of a graph for training on nodes: with features made of texts where the configuration names encoders, which
/// are written back into it with the folders of what was fitted.
///
/// - Parameter signature: of a model that was trained on another graph.
/// - Throws: what reading and encoding throw; `TrainingFailure`.
func nodeData(
  of graph: any GraphData, _ configuration: inout TrainingConfiguration, for signature: ModelSignature? = nil
) throws -> NodeData {
  var source: any GraphSource & FeatureSource = graph
  var tuner: FeatureTuner?
  if !configuration.encoders.isEmpty {
    let target = graph.labeledType ?? signature.map { NodeType($0.nodeType) }
    let columns = try configuration.encoders.map { try EncoderWord($0, of: graph, target) }
    let encoded = try columns.map { try $0.encode(graph, isTarget: $0.type == target, configuration) }
    configuration.encoders = encoded.map(\.word)
    source = EncodedGraph(graph, encoded.map(\.column))
    if configuration.tunesEncoder {
      guard let chosen = encoded.first(where: { $0.column.type == target }) else {
        throw TrainingFailure.configuration(
          "tuneEncoder and lora train the encoder of the classified nodes; name one for \(target?.name ?? "them")")
      }
      tuner = try chosen.tuner(configuration)
    }
  }
  if let signature { return try NodeData(source, for: signature, &configuration, tuner: tuner) }
  return try NodeData(source, &configuration, tuner: tuner)
}

/// A word of `--encoder`: `[type=]name[:folder]`.
private struct EncoderWord {
  let type: NodeType
  let name: String
  let folder: String?
  private let isTyped: Bool

  init(_ word: String, of graph: any GraphData, _ target: NodeType?) throws {
    let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
    let (typeName, rest) = parts.count == 2 ? (parts[0], parts[1]) : (nil, word)
    let names = rest.split(separator: ":", maxSplits: 1).map(String.init)
    name = try EncoderCatalogue.recipe(named: names.first ?? "").name
    folder = names.count == 2 ? names[1] : nil
    isTyped = typeName != nil
    guard let type = typeName.map({ NodeType($0) }) ?? target, graph.nodeTypes.contains(type) else {
      throw TrainingFailure.configuration(
        "encoders holds '\(word)'; \(graph.name) has nodes of type \(graph.nodeTypes.map(\.name).joined(separator: ", "))"
      )
    }
    self.type = type
  }

  func encode(
    _ graph: any GraphData, isTarget: Bool, _ configuration: TrainingConfiguration
  ) throws -> EncodedColumn {
    var texts = try NodeTexts(graph, type: type, fields: isTarget ? configuration.fields : [], pattern: nil)
    let unprefixed = texts
    let chosen = try ChosenEncoder(EncoderRequest(name, folder: folder)) { try unprefixed.all() }
    texts.prefix = chosen.prefix
    let rows = try EncodedRows(texts.count, chosen.encoder, cache: EncodingFolder.path(nil)) { try texts.forEach($0) }
    let settled = (isTyped ? "\(type)=" : "") + name + (chosen.request.folder.map { ":\($0)" } ?? "")
    return EncodedColumn(
      word: settled, column: .init(type: type, name: name, matrix: try rows.matrix()), encoder: chosen.encoder,
      texts: texts)
  }
}

/// What an encoder made of the texts of a type.
private struct EncodedColumn {
  /// The word of the configuration that makes it again.
  let word: String
  let column: EncodedGraph.Column
  let encoder: any TextEncoder
  let texts: NodeTexts

  /// Makes the encoder anew for each run, with what is to be trained of it.
  func tuner(_ configuration: TrainingConfiguration) throws -> FeatureTuner {
    guard let model = encoder as? BertEncoder else {
      throw TrainingFailure.configuration(
        "\(column.name) has no layers to train; choose minilm or bert, or leave tuneEncoder and lora out")
    }
    let (layers, rank) = (configuration.tuneEncoder, configuration.lora)
    guard layers <= model.model.layers.count else {
      throw TrainingFailure.configuration(
        "tuneEncoder is \(layers); \(column.name) has \(model.model.layers.count) layers")
    }
    let sequences = model.tokens(of: try texts.all()).map { $0[0] }
    let (folder, scale) = (model.folder, configuration.encoderLearningRate / configuration.lr)
    return FeatureTuner { rows, start in
      let encoder = try BertEncoder(folder: folder)
      if layers > 0 { encoder.model.tune(lastLayers: layers) }
      if rank > 0 { encoder.model.adapt(rank: rank, alpha: Float(2 * rank), from: start) }
      return TextFeatures(encoder, sequences: sequences, rows: rows, rateScale: scale)
    }
  }
}

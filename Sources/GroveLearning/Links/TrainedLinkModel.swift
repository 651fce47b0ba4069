public import GroveGraphs
import GroveKernels
import GroveLayers
import GroveTensors

/// A link model with the links it was trained on: metrics, embeddings, scores of pairs and the best new partners.
public final class TrainedLinkModel {
  /// What links run between.
  public let data: LinkData
  /// What decided its training.
  public let configuration: TrainingConfiguration
  /// The links that it learned from and is measured on.
  public let split: LinkSplit
  let recipe: LinkRecipe
  let run: Int
  let network: LinkModel
  let shape: LinkShape
  let evaluator: LinkEvaluator

  /// A model before its training.
  ///
  /// - Throws: `TrainingFailure.configuration` for numbers that the model does not take; `AlgebraFailure` when memory runs
  ///   out.
  init(data: LinkData, configuration: TrainingConfiguration, split: LinkSplit, run: Int) throws {
    recipe = try LinkCatalogue.recipe(named: configuration.model)
    (self.data, self.configuration, self.split, self.run) = (data, configuration, split, run)
    shape = LinkShape(
      data: data, split: split, messages: try MessageGraph(of: split).graph, configuration: configuration,
      options: try recipe.numbers(configuration.methodOptions))
    let start = Initializer(RandomStream(seed: UInt64(configuration.seed + run), run: run))
    let encoder = try recipe.makeEncoder(shape, start)
    network = LinkModel(
      encoder: encoder, decoder: LinkDecoders.make(configuration.decoder, width: encoder.width, from: start))
    evaluator = LinkEvaluator(split, adding: configuration.linkMetric)
  }

  /// The trained model of a run folder, on the links it is given.
  ///
  /// - Throws: `TrainingFailure.folder` where training has not finished; `.checkpoint` where the weights do not fit;
  ///   `FileFailure.missing` where they are gone.
  public convenience init(
    _ folder: RunFolder, data: LinkData, configuration: TrainingConfiguration, split: LinkSplit, run: Int
  ) throws {
    _ = try folder.signature()
    try self.init(data: data, configuration: configuration, split: split, run: run)
    try files(in: folder).readBest(into: network)
  }

  /// Number of trainable numbers.
  public var parameterCount: Int { network.parameterCount }

  /// What this model takes and gives.
  var signature: ModelSignature {
    ModelSignature(
      nodeType: data.types.source.name, featureWidth: data.features?.width ?? 0, classes: [], isMultiLabel: false,
      relations: data.relation.map { [$0.description] })
  }

  /// The weight files of a folder, tied to what decides this model; test links have no part in it.
  func files(in folder: RunFolder) throws -> CheckpointFiles {
    let lists = [split.messages, split.training, split.validation.positives].flatMap { [$0.sources, $0.targets] }
    return try CheckpointFiles(
      in: folder, configuration,
      numbers: [[run, split.ends.sourceCount, split.ends.targetCount]] + lists.map { $0.map(Int.init) },
      model: recipe.name)
  }

  /// Rows of all nodes, sources first. [N, D]
  ///
  /// - Complexity: one pass of the encoder.
  func embeddings() -> Tensor { network.embeddings(on: shape.messages) }

  /// The metrics of a part's links, by key; empty where it has none.
  ///
  /// - Throws: `LinkScoreFailure` for a score that is no number.
  public func metrics(of part: SplitPart) throws -> [String: Double] {
    try evaluator.metrics(of: network, on: shape.messages, part: part)
  }

  /// Embeddings of the nodes of a type. [nodes, D], row-major
  ///
  /// - Throws: `TrainingFailure.configuration` for a type that is at neither end of a link and on no walk.
  public func embeddings(of type: NodeType) throws -> (values: [Float], width: Int) {
    let width = network.encoder.width
    guard let nodes = data.ranges.first(where: { $0.type == type })?.nodes else {
      let names = data.ranges.map(\.type.name).sorted().joined(separator: ", ")
      throw TrainingFailure.configuration("--nodes \(type): the run embeds nodes of type \(names)")
    }
    return (Array(embeddings().values[nodes.lowerBound * width..<nodes.upperBound * width]), width)
  }

  /// Scores of pairs of a source and a target, each counted from 0.
  public func scores(of pairs: EdgeList) -> [Float] {
    network.scores(of: pairs, under: embeddings(), offset: data.ends.targetOffset)
  }

  /// The targets that some sources are most likely linked with, best first, without those they are known to be linked with:
  /// messages and training links.
  ///
  /// - Returns: for each source at most `count` targets with their scores; of equal scores the smaller target first.
  /// - Complexity: O(sources · targets · D), a block of sources at a time.
  public func partners(
    of sources: [Int32], count: Int
  ) throws -> [[(target: Int32, score: Float)]] {
    let known = try NegativeSetting(split, together: nil, random: RandomStream(seed: 0)).filter
    let embeddings = embeddings()
    let candidates = data.ends.targetOffset..<data.ends.targetOffset + data.ends.targetCount
    var result: [[(target: Int32, score: Float)]] = []
    let block = max(1, (1 << 22) / max(1, candidates.count))
    for start in stride(from: 0, to: sources.count, by: block) {
      let some = Array(sources[start..<min(start + block, sources.count)])
      let scores = network.scores(of: some, withAll: candidates, under: embeddings)
      for (place, source) in some.enumerated() {
        let row = scores[place * candidates.count..<(place + 1) * candidates.count]
        var best = BestNodes(limit: count)
        for (target, score) in row.enumerated() where !known.excludes(Int32(target), for: source) {
          best.insert(Int32(target), score: score)
        }
        result.append(best.ranked.map { ($0, row[row.startIndex + Int($0)]) })
      }
    }
    return result
  }
}

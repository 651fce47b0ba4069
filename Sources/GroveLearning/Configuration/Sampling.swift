import GroveGraphs
import GroveKernels
import GroveLayers

extension TrainingConfiguration {
  /// Training nodes or links of a step where fanouts are given and no batch.
  static let usualBatch = 1024

  /// Whether steps see sampled neighborhoods of some training nodes instead of the whole graph.
  var isSampled: Bool { !fanouts.isEmpty }

  /// A key that means nothing without fanouts, in words, or nil.
  var samplingProblem: String? {
    guard fanouts.isEmpty else { return nil }
    let keys = [
      ("batch", isOpenWorld || isLinks ? nil : batch.map(String.init)), ("replacement", replacement ? "true" : nil),
      ("weightedSampling", weightedSampling ? "true" : nil),
      ("temporal", temporal ? "true" : nil),
      ("relationFanouts", relationFanouts.isEmpty ? nil : relationFanouts.joined(separator: " ")),
    ]
    return keys.lazy.compactMap { key, value in
      value.map { "\(key) is \($0) without fanouts; give fanouts too, such as 15,10, or leave \(key) out" }
    }.first
  }

  /// Checks that the model can be trained on sampled blocks, and writes the batch in.
  ///
  /// - Throws: `TrainingFailure.configuration` where it cannot, or where fanouts and layers differ in number.
  mutating func settleSampling() throws {
    // An open-world method's encoder says later how many fanouts it takes.
    guard isSampled && !isOpenWorld else { return }
    let blockCount =
      isLinks
      ? try LinkCatalogue.recipe(named: model).sampledBlocks(self)
      : try ModelCatalogue.recipe(named: model).sampledBlocks(self)
    guard let blockCount else {
      throw TrainingFailure.configuration(
        "\(model) is no row of convolutions that each look one hop far, so it takes no fanouts; leave them out, or choose "
          + "a model such as gcn, sage, gat or gatv2")
    }
    guard blockCount == fanouts.count else {
      throw TrainingFailure.configuration(
        "fanouts has \(fanouts.count) \(fanouts.count == 1 ? "number" : "numbers"), \(model) has \(blockCount) "
          + "layers; give one for each layer, that of the hop next to the training \(isLinks ? "links" : "nodes") first"
      )
    }
    batch = batch ?? TrainingConfiguration.usualBatch
    if isLinks { return }
    let recipe = try ModelCatalogue.recipe(named: model)
    if !relationFanouts.isEmpty {
      guard recipe.isHeterogeneous else {
        throw TrainingFailure.configuration(
          "\(model) sees one kind of edge, so it takes no relationFanouts; leave them out")
      }
      _ = try relationFanouts.map { try TrainingConfiguration.fanouts(in: $0, count: blockCount) }
    }
    if temporal && recipe.usesMetaPaths {
      throw TrainingFailure.configuration("\(model) sees meta-paths, which have no years; leave temporal out")
    }
  }

  /// Fanouts at each hop from the training nodes, one a relation in the given order; a relation that runs back
  /// (`rev_writes`) takes those of its own name only.
  func fanouts(by relations: [EdgeType]) -> [[Int]] {
    let special = relationFanouts.compactMap { try? TrainingConfiguration.fanouts(in: $0, count: fanouts.count) }
    return fanouts.indices.map { hop in
      relations.map { relation in special.last { $0.relation == relation.relation }?.fanouts[hop] ?? fanouts[hop] }
    }
  }

  /// Checks that the relations with fanouts of their own are there.
  ///
  /// - Throws: `TrainingFailure.configuration` with the names that there are.
  func checkFanouts(_ relations: [EdgeType]) throws {
    for text in relationFanouts {
      let name = try TrainingConfiguration.fanouts(in: text, count: fanouts.count).relation
      guard relations.contains(where: { $0.relation == name }) else {
        throw TrainingFailure.configuration(
          "relationFanouts holds '\(text)': there is no relation \(name); choose one of "
            + relations.map(\.relation).joined(separator: ", "))
      }
    }
  }

  /// The relation and the numbers in `writes=5,2`; 0 leaves a relation out.
  private static func fanouts(in text: String, count: Int) throws -> (relation: String, fanouts: [Int]) {
    let parts = text.split(separator: "=", maxSplits: 1)
    let numbers = parts.count == 2 ? parts[1].split(separator: ",").compactMap { Int($0) } : []
    guard numbers.count == count, numbers.allSatisfy({ $0 == -1 || (0...1 << 20).contains($0) }) else {
      throw TrainingFailure.configuration(
        "relationFanouts holds '\(text)'; write a relation and \(count) \(count == 1 ? "number" : "numbers"), such as writes="
          + (0..<count).map { "\(max(1, 5 - 3 * $0))" }.joined(separator: ","))
    }
    return (String(parts[0]), numbers)
  }
}

extension ModelRecipe {
  /// The configuration keys of sampled training, where the model can be trained on sampled blocks; else none.
  public var samplingOptions: [String] {
    var configuration = TrainingConfiguration()
    defaults(&configuration)
    guard sampledBlocks(configuration) != nil else { return [] }
    return ["fanouts", "replacement", "weightedSampling", "temporal", "batch"]
      + (isHeterogeneous ? ["relationFanouts"] : [])
  }

  /// Number of sampled blocks that a model of a configuration walks through; nil where it needs whole graphs.
  func sampledBlocks(_ configuration: TrainingConfiguration) -> Int? {
    // The smallest model of the configuration tells what every one walks through.
    var smallest = configuration
    (smallest.hidden, smallest.heads, smallest.outputHeads) = (1, 1, 1)
    let start = Initializer(RandomStream(seed: 0))
    switch kind {
    case .propagation: return nil
    case .heterogeneous(_, let make):
      let schema = HeteroSchema(types: [.node], relations: [])
      return make(HeteroShape(schema: schema, inputWidths: [1], target: 0, classCount: 1), smallest, start).blockCount
    case .trained(let make):
      let example = make(ModelShape(inputWidth: 1, classCount: 1), smallest, start)
      guard let stack = example as? ConvolutionStack, stack.convolutions.allSatisfy(\.walksOnce) else { return nil }
      return stack.blockCount
    }
  }
}

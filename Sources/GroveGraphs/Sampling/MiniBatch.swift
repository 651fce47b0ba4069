/// Seeds with the blocks that give each of them its row.
public struct MiniBatch: Sendable {
  /// Number of the batch in its epoch, from 0.
  public let number: Int
  /// The nodes that the batch is about, in the order of the last block's targets.
  public let seeds: [Int32]
  /// The year of each seed; nil without time.
  public let times: [Int32]?
  /// One block a layer, the first layer's first.
  public let blocks: [Block]

  /// A batch from its parts.
  ///
  /// - Precondition: there is a block, and the last one's targets are the seeds.
  public init(number: Int, seeds: [Int32], times: [Int32]? = nil, blocks: [Block]) {
    precondition(
      blocks.last?.targetCount == seeds.count,
      "MiniBatch: \(seeds.count) seeds, \(blocks.last?.targetCount ?? 0) targets")
    self.number = number
    self.seeds = seeds
    self.times = times
    self.blocks = blocks
  }

  /// The nodes whose features the first layer reads; nil where they are all nodes in order.
  public var sourceIDs: [Int32]? { blocks[0].sourceIDs }
}

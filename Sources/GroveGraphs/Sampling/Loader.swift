public import GroveKernels

/// Splits seeds into batches, anew in each epoch, and samples them ahead on a background thread.
///
///     let loader = Loader(sampler, seeds: train, batchSize: 1024, random: RandomStream(seed: 0, operation: 2))
///     for epoch in 1...10 {
///       let batches = loader.batches(epoch: epoch)
///       while let batch = try batches.next() { … }
///     }
///
/// Each epoch holds every seed once, in an order of its own; the last batch holds what is left. Order and samples depend
/// on (stream, epoch) only. All batches of an epoch sample with one stream, so that a seed's neighborhood does not depend
/// on the batch that it falls into.
public struct Loader<Batch: Sendable>: Sendable {
  /// The nodes that an epoch goes through.
  public let seeds: [Int32]
  /// The year of each seed; nil without time.
  public let times: [Int32]?
  /// Number of seeds of every batch but the last.
  public let batchSize: Int
  private let random: RandomStream
  private let sample: @Sendable (SeedBatch) throws -> Batch

  /// A loader that makes each batch with `sample`, which runs on the background thread.
  ///
  /// - Precondition: there is at least one seed; one time a seed where given; `batchSize` is above 0.
  public init(
    seeds: [Int32], times: [Int32]? = nil, batchSize: Int, random: RandomStream,
    sample: @escaping @Sendable (SeedBatch) throws -> Batch
  ) {
    precondition(!seeds.isEmpty, "Loader: no seeds")
    precondition(
      times == nil || times!.count == seeds.count, "Loader: \(times?.count ?? 0) times, \(seeds.count) seeds")
    precondition(batchSize >= 1, "Loader: batches of \(batchSize) seeds")
    self.seeds = seeds
    self.times = times
    self.batchSize = batchSize
    self.random = random
    self.sample = sample
  }

  /// Number of batches in an epoch.
  public var batchCount: Int { (seeds.count - 1) / batchSize + 1 }

  /// The batches of an epoch, in order, made ahead: two on up to seven threads, one more for every further four, of which
  /// a quarter make batches side by side.
  ///
  /// - Complexity: O(seeds) beside the sampling.
  public func batches(epoch: Int) -> Prefetcher<Batch> {
    let stream = random.substream(epoch)
    var generator = stream.substream(0).generator
    let order = generator.shuffled(Array(0..<Int32(seeds.count)))
    let threads = max(1, Workers.threadCount / 4)
    return Prefetcher(count: batchCount, capacity: threads + 1, threads: threads) { [self] number in
      let places = order[number * batchSize..<min((number + 1) * batchSize, order.count)]
      return try sample(
        SeedBatch(
          number: number, seeds: places.map { seeds[Int($0)] },
          times: times.map { times in places.map { times[Int($0)] } },
          random: stream.substream(1)))
    }
  }
}

/// The seeds of one batch, before anything is sampled for them.
public struct SeedBatch: Sendable {
  /// Number of the batch in its epoch, from 0.
  public let number: Int
  /// The nodes that the batch is about.
  public let seeds: [Int32]
  /// The year of each seed; nil without time.
  public let times: [Int32]?
  /// The stream to sample with, the same for all batches of an epoch.
  public let random: RandomStream
}

extension Loader where Batch == MiniBatch {
  /// A loader of the blocks that a sampler gives.
  ///
  /// - Precondition: there is at least one seed; one time a seed where the sampler knows years; `batchSize` is above 0.
  public init(
    _ sampler: NeighborSampler, seeds: [Int32], times: [Int32]? = nil, batchSize: Int, random: RandomStream
  ) {
    self.init(seeds: seeds, times: times, batchSize: batchSize, random: random) { batch in
      MiniBatch(
        number: batch.number, seeds: batch.seeds, times: batch.times,
        blocks: sampler.sample(from: batch.seeds, asOf: batch.times, using: batch.random))
    }
  }
}

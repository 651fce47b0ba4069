public import GroveKernels

/// What a sampler is made on.
///
/// Letters: A anchors, C candidates.
public struct NegativeSetting: Sendable {
  /// Row v lists the training positives of anchor v: what pools walk on and degrees count. [A rows, C columns]
  public let positives: SparseRows
  /// Whether anchors are candidates.
  public let isSquare: Bool
  /// What is never drawn.
  public let filter: NegativeFilter
  /// Candidates that an anchor was shown and did not take, such as views without a purchase.
  public var exposures: SparseRows?
  /// Ranked candidates of each anchor that something outside found, such as a text search.
  public var mined: SparseRows?
  /// Randomness of what is drawn once, such as walks and caches.
  public let random: RandomStream

  /// A setting.
  ///
  /// - Precondition: positives and filter have one shape.
  public init(positives: SparseRows, isSquare: Bool, filter: NegativeFilter, random: RandomStream) {
    precondition(
      positives.rowCount == filter.anchorCount && positives.columnCount == filter.candidateCount,
      "NegativeSetting: positives of \(positives.rowCount) by \(positives.columnCount), a filter of \(filter.anchorCount) by \(filter.candidateCount)"
    )
    (self.positives, self.isSquare, self.filter, self.random) = (positives, isSquare, filter, random)
  }

  /// How many anchors have each candidate as a positive. [C]
  ///
  /// - Complexity: O(C + E).
  var candidateDegrees: [Double] {
    var degrees = [Double](repeating: 0, count: positives.columnCount)
    for id in positives.columns { degrees[Int(id)] += 1 }
    return degrees
  }

  /// The positives as a graph to walk on.
  ///
  /// - Complexity: O(A + C + E) unless anchors are candidates.
  public var hops: HopGraph { HopGraph(positives, isSquare: isSquare) }
}

/// A sampler by name: its kind, its numbers with the defaults of its paper, and how it is made.
public struct NegativeRecipe: Sendable {
  /// Name that `--negatives` takes, such as `dns`.
  public let name: String
  /// The method's full name, for people.
  public let title: String
  /// Which of the review's five types it is.
  public let type: Kind
  /// Which of the review's five families its candidates come from.
  public let pool: Family
  /// What a negative costs, D being a dot product.
  public let cost: String
  /// Paper, and where the defaults come from.
  public let source: String
  /// Its numbers.
  public let parameters: [NumberParameter]
  /// What the method asks of training beside negatives: a loss by name with its numbers, such as `hinge margin=0.1`, a way to
  /// mix embeddings, batches.
  ///
  /// Numbers of the sampler that the loss has too are the loss's as well.
  public let training: [String]
  /// The sampler on a graph.
  public let make: @Sendable (NegativeSetting, NumberOptions) throws -> any NegativeSampler

  /// The review's types of methods.
  public enum Kind: String, Sendable, CaseIterable {
    /// Chances that do not depend on what was learned.
    case fixed = "static"
    /// Chances that depend on current scores.
    case hard
    /// A generator learned against the model.
    case adversarial = "GAN-based"
    /// Another model, a cache or side data decide.
    case auxiliary = "auxiliary-based"
    /// The batch's own positives.
    case inBatch = "in-batch"
  }

  /// The review's families of candidates.
  public enum Family: String, Sendable, CaseIterable {
    /// All nodes.
    case global
    /// A subset tied to the anchor or relation.
    case local
    /// The batch.
    case miniBatch = "mini-batch"
    /// Nodes some steps away.
    case hop
    /// What was kept from earlier steps.
    case memory
  }

  /// A recipe.
  public init(
    name: String, title: String, type: Kind, pool: Family, cost: String, source: String,
    parameters: [NumberParameter] = [], training: [String] = [],
    make: @escaping @Sendable (NegativeSetting, NumberOptions) throws -> any NegativeSampler
  ) {
    (self.name, self.title, self.type, self.pool, self.cost, self.source) = (name, title, type, pool, cost, source)
    (self.parameters, self.training, self.make) = (parameters, training, make)
  }

  /// The sampler on a graph, with numbers such as `draws=32`.
  ///
  /// - Throws: `NegativeFailure.parameter` for a word that is none of its numbers; `AlgebraFailure` when memory runs out.
  public func sampler(on setting: NegativeSetting, words: [String] = []) throws -> any NegativeSampler {
    try make(setting, options(words))
  }

  /// Its numbers, given or usual.
  ///
  /// - Throws: `NegativeFailure.parameter` for a word that is none of its numbers.
  public func options(_ words: [String] = []) throws(NegativeFailure) -> NumberOptions {
    do {
      return try NumberOptions(parameters, words: words, of: name)
    } catch {
      throw .parameter(sampler: name, message: error.message)
    }
  }
}

extension NumberParameter {
  /// How many of the best-scored candidates are kept.
  static func top(_ usual: Double) -> NumberParameter {
    NumberParameter("top", usual, in: 1...1e6, "candidates that are kept")
  }
}

extension NumberOptions {
  /// The best-scored candidates, as many and as often searched as `top`, `refresh` and `refresh-epochs` say.
  func topCandidates(
    around center: TopCandidates.Center = .anchor, _ setting: NegativeSetting, sampler: String
  ) -> TopCandidates {
    TopCandidates(count("top"), around: center, period: refreshPeriod, filter: setting.filter, sampler: sampler)
  }
}

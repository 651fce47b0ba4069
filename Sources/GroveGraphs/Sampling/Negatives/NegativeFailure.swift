public import GroveKernels

/// Why negatives cannot be drawn.
public enum NegativeFailure: Failure, Equatable {
  /// Nothing may be drawn for an anchor: all candidates are positives, or the pool holds none.
  case noCandidates(anchor: Int32, sampler: String)
  /// More different negatives were asked for than there are.
  case tooFew(anchor: Int32, asked: Int, available: Int)
  /// A filter names positives that there are none of.
  case unknownPositives(name: String, known: [String])
  /// A score is not a number.
  case notANumber(anchor: Int32, candidate: Int32)
  /// The sampler weighs candidates by scores, and no scorer was given.
  case noScorer(sampler: String)
  /// The sampler needs something that the graph does not have.
  case missing(sampler: String, what: String)
  /// No sampler has that name.
  case unknownSampler(name: String, nearest: String?)
  /// A parameter of a sampler is unknown or out of range.
  case parameter(sampler: String, message: String)
  /// Exact chances were asked for on a graph that is too large, or of a sampler that has no closed form there.
  case noExactLaw(sampler: String, why: String)

  /// What kind of fault it is.
  public var kind: FailureKind {
    switch self {
    case .unknownPositives, .unknownSampler, .parameter, .noScorer, .noExactLaw, .missing: .usage
    case .noCandidates, .tooFew, .notANumber: .badData
    }
  }

  /// What is wrong and what to do, in one sentence.
  public var description: String {
    switch self {
    case .noCandidates(let anchor, let sampler):
      "sampler '\(sampler)' has nothing to draw for node \(anchor): every candidate is a positive or excluded; leave the node out or filter by fewer splits"
    case .tooFew(let anchor, let asked, let available):
      "\(asked) different negatives were asked for node \(anchor), which has \(available); ask for fewer or allow repeats"
    case .unknownPositives(let name, let known):
      "the filter names '\(name)', but the positives are \(known.joined(separator: ", ")); name one of them"
    case .notANumber(let anchor, let candidate):
      "the score of nodes \(anchor) and \(candidate) is not a number; lower the learning rate or look at the features"
    case .noScorer(let sampler):
      "sampler '\(sampler)' weighs candidates by scores; give it a scorer, such as embeddings"
    case .missing(let sampler, let what): "sampler '\(sampler)' needs \(what); choose another sampler"
    case .unknownSampler(let name, let nearest):
      "no sampler is called '\(name)'\(nearest.map { "; did you mean '\($0)'?" } ?? ""); `grove samplers list` shows all"
    case .parameter(let sampler, let message): "sampler '\(sampler)': \(message)"
    case .noExactLaw(let sampler, let why):
      "sampler '\(sampler)' has no exact distribution here: \(why); look at what it draws instead"
    }
  }
}

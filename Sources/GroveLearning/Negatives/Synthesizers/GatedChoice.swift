public import GroveLayers
public import GroveTensors

/// Negatives that are like the positive in what the anchor does not care for, and unlike in what it does (DENS).
///
///     gate⁺ = σ(W₁ · p + W₂ · u)                     the factors of p that matter to u
///     gate⁻ = σ(W₃ · n + W₄ · (p ∘ gate⁺))           the same factors of n
///     m[l] = argmax over m of u[l] · ((1 − min(1, t / T)) · n[m, l] − n[m, l] ∘ gate⁻[m, l])
///     negative = pool over l of n[m[l], l]           unchanged
///
/// Each W has a bias. No gradient goes through the choice: the gates learn from `contrast`.
///
/// Letters: B anchors, M candidates of each, H hops, D width, t epoch, T warm-up.
///
/// - Source: Lai et al. 2023 (DENS), and its published code.
public final class GatedChoice: Module {
  /// W₁ with its bias.
  public let positive: Linear
  /// W₂ with its bias.
  public let anchor: Linear
  /// W₃ with its bias.
  public let negative: Linear
  /// W₄ with its bias.
  public let relevant: Linear
  /// T.
  public let warmUp: Int
  private let pooling: HopPooling

  /// Gates of embeddings of `width` columns, with PyTorch's start of dense layers.
  ///
  /// - Precondition: the warm-up has at least one epoch.
  public init(width: Int, warmUp: Int = 100, pooling: HopPooling = .mean, from start: Initializer) {
    precondition(warmUp >= 1, "GatedChoice: a warm-up of \(warmUp) epochs")
    positive = Linear(width, width, from: start)
    anchor = Linear(width, width, from: start)
    negative = Linear(width, width, from: start)
    relevant = Linear(width, width, from: start)
    (self.warmUp, self.pooling) = (warmUp, pooling)
  }

  /// p ∘ gate⁺. [N, D] each → [N, D]
  func relevantPart(ofPositive p: Tensor, anchor u: Tensor) -> Tensor {
    p * (positive(p) + anchor(u)).sigmoid()
  }

  /// n ∘ gate⁻, from what matters of the positive. [N, D] each → [N, D]
  func relevantPart(ofNegative n: Tensor, likePositive part: Tensor) -> Tensor {
    n * (negative(n) + relevant(part)).sigmoid()
  }

  /// One negative for each anchor.
  ///
  /// - Parameters:
  ///   - candidates: those of anchor b are rows b · M ..< (b + 1) · M.
  ///   - epoch: t, from 0.
  /// - Shape: anchors and positives H of [B, D], candidates H of [B · M, D].
  /// - Precondition: as many hops and columns of all, and as many candidates of each anchor, at least one.
  /// - Complexity: O(B · M · H · D²).
  public func callAsFunction(
    anchors: [Tensor], positives: [Tensor], candidates: [Tensor], epoch: Int
  ) -> SynthesizedNegatives {
    let count = CandidateChoice.count(anchors: anchors, positives: positives, candidates: candidates, "GatedChoice")
    let share = 1 - min(1, Float(epoch) / Float(warmUp))
    let choices = Pass.withoutRecording {
      anchors.indices.map { hop in
        let (u, n) = (anchors[hop], candidates[hop])
        let part = CandidateChoice.repeating(relevantPart(ofPositive: positives[hop], anchor: u), count)
        let rest = Tensor.blending(share, n, -1, relevantPart(ofNegative: n, likePositive: part))
        return CandidateChoice.largest(CandidateChoice.scores(rest, with: u, count: count), count: count)
      }
    }
    let hops = anchors.indices.map {
      candidates[$0].gathering(rows: CandidateChoice.rows(choices[$0], count: count))
    }
    return SynthesizedNegatives(hops: hops, pooled: pooling(hops), choices: choices)
  }

  /// What teaches the gates, to be added to the ranking loss with a weight (.3 in the paper).
  ///
  ///     1/4 · mean over b of [ f(p⁰ − p¹) + f(n¹ − n⁰) + f(n¹ − p¹) + f(p⁰ − n⁰) ],   f(x) = log(1 + eˣ)
  ///
  /// p¹ is the score of the anchor with what matters of the positive and p⁰ with the rest of it; n¹ and n⁰ those of the
  /// negative.
  ///
  /// - Shape: H of [B, D] each → [1, 1].
  /// - Precondition: equal shapes, and as many hops of all.
  /// - Source: the published code's loss of one negative a positive.
  public func contrast(anchors: [Tensor], positives: [Tensor], negatives: [Tensor]) -> Tensor {
    _ = CandidateChoice.count(anchors: anchors, positives: positives, candidates: negatives, "GatedChoice")
    var (positiveParts, negativeParts): ([Tensor], [Tensor]) = ([], [])
    for hop in anchors.indices {
      let part = relevantPart(ofPositive: positives[hop], anchor: anchors[hop])
      positiveParts.append(part)
      negativeParts.append(relevantPart(ofNegative: negatives[hop], likePositive: part))
    }
    let u = pooling(anchors)
    let (p, n) = (u.rowDot(pooling(positives)), u.rowDot(pooling(negatives)))
    let (p1, n1) = (u.rowDot(pooling(positiveParts)), u.rowDot(pooling(negativeParts)))
    let (p0, n0) = (p - p1, n - n1)
    let terms = [p0 - p1, n1 - n0, n1 - p1, p0 - n0].map { $0.softplus().mean() }
    return 0.25 * terms.dropFirst().reduce(terms[0], +)
  }
}

public import GroveKernels
public import GroveTensors

/// Weighted least squares over all pairs of users and items, observed or not, without sampling any.
///
///     L = 1/U · [ Σ over observed (u, i) of c⁺ · (1 − ŝ)² + Σ over all others of c⁻ · v[i] · ŝ² ],   ŝ = user[u] · item[i]
///
/// The squares of all pairs are one product of two Gram matrices, from which the observed pairs are then taken back:
///
///     Σ over all (u, i) of v[i] · ŝ² = Σ over entries of (XᵀX) ∘ (YᵀVY)
///
/// Letters: U users, I items, D width, m observed pairs, X users, Y items, v weights of items.
///
/// - Source: Chen, Zhang, Zhang, Liu, Ma 2020 (ENMF). Differs: its prediction vector h is to be multiplied
///   into users or items; the mean over users and not the sum; the constant Σ c⁺ is kept, so that L is the squares' own.
public struct WholeDataLoss: Sendable, Equatable {
  /// c⁺, what an observed pair weighs.
  public var positiveWeight: Float
  /// c⁻, what all others weigh; own choice, ENMF tunes it for each data set.
  public var negativeWeight: Float

  /// The loss with its two weights.
  ///
  /// - Precondition: both are finite and at least 0.
  public init(positiveWeight: Float = 1, negativeWeight: Float = 0.1) {
    precondition(
      positiveWeight >= 0 && negativeWeight >= 0 && positiveWeight.isFinite && negativeWeight.isFinite,
      "WholeDataLoss: weights of \(positiveWeight) and \(negativeWeight)")
    (self.positiveWeight, self.negativeWeight) = (positiveWeight, negativeWeight)
  }

  /// L of all items and some users, recorded for the backward pass.
  ///
  /// - Parameters:
  ///   - observed: row u lists the items of user u, each once.
  ///   - itemWeights: v, 1 where nil: such as popular items weighing more. [I]
  /// - Shape: users [U, D], items [I, D] → [1, 1].
  /// - Precondition: as many columns of users and items; `observed` leads from the items to the users.
  /// - Complexity: O((U + I) · D² + m · D) time, O((U + I) · D + m) memory.
  public func callAsFunction(
    users: Tensor, items: Tensor, observed: Aggregation, itemWeights: [Float]? = nil
  ) -> Tensor {
    let width = users.columns
    precondition(
      items.columns == width && observed.targetCount == users.rows && observed.sourceCount == items.rows,
      "WholeDataLoss: users \(users.shape), items \(items.shape), pairs \(observed.sourceCount) → \(observed.targetCount)"
    )
    precondition(
      itemWeights == nil || itemWeights!.count == items.rows,
      "WholeDataLoss: \(itemWeights?.count ?? 0) weights of \(items.rows) items")
    let weights = (itemWeights ?? [Float](repeating: 1, count: items.rows)).map { negativeWeight * $0 }
    let share = 1 / Float(max(1, users.rows))
    let userGradient = FloatBuffer(count: users.shape.count, zeroed: true)
    let itemGradient = FloatBuffer(count: items.shape.count, zeroed: true)

    // All pairs:  ∂X = 2/U · X · (YᵀVY),  ∂Y = 2/U · V · Y · (XᵀX)
    let weighted = FloatBuffer(count: items.shape.count)
    Kernels.scaleRows(items.buffer, by: FloatBuffer(weights), width: width, into: weighted, adding: false)
    let userGram = FloatBuffer(count: width * width, zeroed: true)
    let itemGram = FloatBuffer(count: width * width, zeroed: true)
    Kernels.matrixMultiply(
      users.buffer, users.buffer, transposeA: true, m: width, n: width, k: users.rows, into: userGram, adding: true)
    Kernels.matrixMultiply(
      items.buffer, weighted, transposeA: true, m: width, n: width, k: items.rows, into: itemGram, adding: true)
    var total = 0.0
    userGram.read { a in itemGram.read { b in for i in 0..<a.count { total += Double(a[i]) * Double(b[i]) } } }
    Kernels.matrixMultiply(
      users.buffer, itemGram, m: users.rows, n: width, k: width, scale: 2 * share, into: userGradient, adding: true)
    Kernels.matrixMultiply(
      weighted, userGram, m: items.rows, n: width, k: width, scale: 2 * share, into: itemGradient, adding: true)

    // Observed pairs: c⁺ · (1 − ŝ)² in place of c⁻ · v · ŝ²,  ∂ŝ = 2/U · (c⁺ · (ŝ − 1) − c⁻ · v · ŝ)
    let slopes = FloatBuffer(count: observed.edgeCount, zeroed: true)
    Kernels.sampledProduct(
      observed.incoming, x: items.buffer, y: users.buffer, width: width, heads: 1, into: slopes)
    slopes.write { slopes in
      for pair in 0..<observed.edgeCount {
        let score = slopes[pair]
        let weight = weights[Int(observed.incoming.columns[pair])]
        total += Double(positiveWeight) * Double(1 - score) * Double(1 - score)
        total -= Double(weight) * Double(score) * Double(score)
        slopes[pair] = 2 * share * (positiveWeight * (score - 1) - weight * score)
      }
    }
    Kernels.aggregate(
      observed.incoming, weights: slopes, heads: 1, x: items.buffer, width: width, into: userGradient, adding: true)
    Kernels.aggregate(
      observed.outgoing, weights: slopes, heads: 1, x: users.buffer, width: width, into: itemGradient, adding: true)
    return .number(Float(total * Double(share)), withGradients: [(users, userGradient), (items, itemGradient)])
  }
}

import GroveKernels
public import GroveLayers
public import GroveTensors

/// Open-world classes out of a classifier that can only say which nodes it does not know: those are clustered.
///
/// Nodes whose confidence is below a threshold are rejected, and K-means puts them into as many clusters as there are novel
/// classes. The threshold lies in the middle between the centers of two clusters of the confidences of nodes whose class is
/// not known, which takes no label.
///
///     accepted:  score(c) = log p[c] of seen classes, novel ones 30 lower
///     rejected:  score(k) = log softmax over k of −‖z − μ[k]‖² / 2σ² of novel classes, seen ones 30 lower
///
/// Letters: N nodes, D width, S seen and U novel classes.
///
/// - Source: the extension of OODGAT and OpenWGL in the experiments of OpenIMA (arXiv 2403.11483). Differs: the threshold,
///   which OpenWGL's published code takes from true classes of novel nodes.
public final class RejectedClusters: Module {
  /// The confidence below which a node is rejected; −1 before the first clustering. [1]
  public let threshold: Buffer
  /// μ, zeros before the first clustering. [max(1, U) · D]
  public let centers: Buffer
  /// σ², the mean squared distance of a rejected node to its center. [1]
  public let spread: Buffer
  private let novelCount: Int
  private let random: RandomStream

  /// Clusters for the novel classes of a shape.
  init(_ shape: OpenWorldShape, width: Int) {
    novelCount = shape.problem.classCount - shape.problem.seenCount
    threshold = Buffer([-1])
    centers = Buffer([Float](repeating: 0, count: max(1, novelCount) * width))
    spread = Buffer([1])
    random = shape.random.substream(1)
  }

  /// Finds threshold and clusters.
  ///
  /// - Parameter confidence: of every node. [N]
  /// - Complexity: that of K-means of the rejected rows.
  func settle(_ now: OpenWorldSnapshot, confidence: [Float]) {
    let unlabeled = now.problem.unlabeled
    guard novelCount > 0, unlabeled.count >= max(2, novelCount) else { return threshold.value[0] = -1 }
    let known = unlabeled.map { confidence[Int($0)] }
    let parts = KMeans(clusters: 2)(FloatBuffer(known), width: 1, random: random.substream(0))
    threshold.value[0] = (parts.centers[0] + parts.centers[1]) / 2
    var rejected = unlabeled.filter { confidence[Int($0)] < threshold.value[0] }
    if rejected.count < novelCount {
      // As many as there are clusters to find: the least confident, of equals the first.
      rejected = Array(unlabeled.sorted { (confidence[Int($0)], $0) < (confidence[Int($1)], $1) }.prefix(novelCount))
    }
    let rows = now.embeddings.gathering(rows: rejected).buffer
    let found = KMeans(clusters: novelCount)(rows, width: now.embeddings.columns, random: random.substream(1))
    centers.value.copy(from: FloatBuffer(found.centers))
    spread.value[0] = max(Float(found.inertia / Double(rejected.count)), 1e-12)
  }

  /// Scores of all classes. [n, D], logits [n, S] → [n, S + U]
  ///
  /// - Parameter confidence: of each row. [n]
  func scores(of embeddings: Tensor, logits: Tensor, confidence: [Float]) -> Tensor {
    let seen = logits.logSoftmax()
    guard novelCount > 0 else { return seen }
    let width = embeddings.columns
    let points = Tensor(centers.value, rows: novelCount, columns: width)
    let novel = DistributionTerms.nearness(of: embeddings, to: points, spread: spread.value[0]).logSoftmax()
    let isRejected = confidence.map { $0 < threshold.value[0] }
    let lower = Tensor.concatenatingColumns([
      Tensor(isRejected.map { $0 ? -30 : 0 }, rows: embeddings.rows, columns: 1)
        .matmul(Tensor([Float](repeating: 1, count: seen.columns), rows: 1, columns: seen.columns)),
      Tensor(isRejected.map { $0 ? 0 : -30 }, rows: embeddings.rows, columns: 1)
        .matmul(Tensor([Float](repeating: 1, count: novelCount), rows: 1, columns: novelCount)),
    ])
    return Tensor.concatenatingColumns([seen, novel]) + lower
  }
}

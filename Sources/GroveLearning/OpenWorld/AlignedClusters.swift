import GroveKernels
public import GroveLayers
public import GroveTensors

/// The second stage of two-stage methods: K-means of the embeddings, clusters standing for the classes that alignment
/// gives them.
///
/// Sampled training takes mini-batch K-means.
///
///     score(node, class c) = −‖z[node] − μ[c]‖² / 2σ²,  μ[c] the center of the cluster of class c,
///     σ² the mean squared distance of a node to the center of its cluster
///
/// Letters: N nodes, D width, K classes and clusters.
public final class AlignedClusters: Module {
  /// μ, in the order of classes; zeros before the first clustering. [K · D]
  public let centers: Buffer
  /// σ². [1]
  public let spread: Buffer
  private let usesValidation: Bool
  private let keepsTraining: Bool
  private let isSampled: Bool
  private let random: RandomStream

  /// Rows of a batch of mini-batch K-means, as in OpenIMA's published code: all of them on most graphs.
  static let batch = 2_048_000

  /// What a clustering gave to all nodes.
  public struct Found {
    /// The class that each node's cluster stands for. [N]
    public let classes: [Int32]
    /// Distance of each node to its center. [N]
    public let distances: [Float]
  }

  /// Clusters for the classes of a shape; its configuration says which labels align them.
  ///
  /// - Parameter keepsTraining: whether training nodes stay in the cluster of their class (`SemiSupervisedKMeans`); then no
  ///   label aligns clusters.
  public init(_ shape: OpenWorldShape, keepsTraining: Bool = false) {
    centers = Buffer([Float](repeating: 0, count: shape.problem.classCount * shape.width))
    spread = Buffer([1])
    usesValidation = shape.configuration.alignment == "train-validation"
    self.keepsTraining = keepsTraining
    isSampled = shape.configuration.isSampled
    random = shape.random.substream(0)
  }

  /// Clusters the nodes that are learned from, the same way in every epoch, and aligns clusters with classes.
  ///
  /// - Complexity: that of K-means with ten starts.
  @discardableResult
  public func settle(_ now: OpenWorldSnapshot) -> Found {
    let problem = now.problem
    let (rows, width, count) = (now.nodeEmbeddings, now.embeddings.columns, problem.classCount)
    let clustering = clustering(of: rows.buffer, width: width, problem)
    var clusters = clustering.labels
    var distances = clustering.distances(of: rows.buffer)
    let squares = distances.reduce(0.0) { $0 + Double($1) * Double($1) }
    if problem.nodes.count != problem.nodeCount {
      let all = now.embeddings.buffer
      clusters = clustering.nearest(to: all)
      for (place, node) in problem.nodes.enumerated() { clusters[Int(node)] = clustering.labels[place] }
      distances = clustering.distances(of: all, labels: clusters)
    }
    let classOfCluster = classOfCluster(clusters, problem)
    var placed = [Float](repeating: 0, count: count * width)
    for cluster in 0..<count {
      let label = Int(classOfCluster[cluster])
      placed.replaceSubrange(label * width..<(label + 1) * width, with: clustering.center(cluster))
    }
    centers.value.copy(from: FloatBuffer(placed))
    spread.value.copy(from: FloatBuffer([max(Float(squares / Double(problem.nodes.count)), 1e-12)]))
    return Found(classes: clusters.map { classOfCluster[Int($0)] }, distances: distances)
  }

  private func clustering(of rows: FloatBuffer, width: Int, _ problem: OpenWorldProblem) -> Clustering {
    let count = problem.classCount
    guard keepsTraining else {
      return isSampled
        ? MiniBatchKMeans(clusters: count, batch: AlignedClusters.batch)(rows, width: width, random: random)
        : KMeans(clusters: count)(rows, width: width, random: random)
    }
    let kept = problem.nodes.map { problem.isTraining[Int($0)] ? problem.classes[Int($0)] : -1 }
    return SemiSupervisedKMeans(clusters: count)(rows, width: width, classes: kept, random: random)
  }

  private func classOfCluster(_ clusters: [Int32], _ problem: OpenWorldProblem) -> [Int32] {
    if keepsTraining { return (0..<Int32(problem.classCount)).map { $0 } }
    let known = problem.training + (usesValidation ? problem.validation : [])
    return ClusterAlignment(
      clusters: clusters, classes: problem.classes, known: known, count: problem.classCount
    ).classOfCluster
  }

  /// Scores of rows, the largest for the nearest center. [n, D] → [n, K]
  public func scores(of embeddings: Tensor) -> Tensor {
    let width = embeddings.columns
    let points = Tensor(centers.value, rows: centers.value.count / width, columns: width)
    // What a row's classes have in common matters to probabilities no more than to the largest.
    return DistributionTerms.nearness(of: embeddings, to: points, spread: spread.value[0])
  }
}

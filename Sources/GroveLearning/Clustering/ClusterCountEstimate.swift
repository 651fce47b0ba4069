public import GroveKernels

/// How many clusters rows fall into, novel classes being the clusters beyond the known classes.
///
/// Each number of clusters that is tried is clustered by K-means and scored; the best score wins, of equals the smallest
/// number. Equal seeds give equal estimates.
public struct ClusterCountEstimate: Sendable, Equatable {
  /// One number of clusters that was tried.
  public struct Trial: Sendable, Equatable {
    /// K.
    public let clusters: Int
    /// Higher is better.
    public let score: Double
  }

  /// The estimate.
  public let clusters: Int
  /// All that was tried, the smallest number first.
  public let trials: [Trial]

  /// The number of clusters with the highest silhouette.
  ///
  /// - Parameters:
  ///   - counts: the numbers to try, at least 2.
  ///   - sample: rows that the silhouette is computed on at most.
  ///   - starts: of each K-means.
  /// - Precondition: `counts` lies in 2...N; all finite.
  /// - Complexity: that of `counts.count` times K-means and silhouette.
  /// - Source: Rousseeuw 1987.
  public static func bySilhouette(
    of x: FloatBuffer, width: Int, counts: ClosedRange<Int>, sample: Int = 10_000, starts: Int = 10,
    random: RandomStream
  ) -> ClusterCountEstimate {
    check(x, width: width, counts: counts, least: 2, "bySilhouette")
    return ClusterCountEstimate(
      counts.map { clusters in
        let stream = random.substream(clusters)
        let labels = KMeans(clusters: clusters, starts: starts)(x, width: width, random: stream.substream(0)).labels
        // One sample serves all: what differs between scores is then the clusters alone.
        let drawn = random.substream(0).substream(1)
        let silhouette = Silhouette(of: x, width: width, labels: labels, sample: sample, random: drawn)
        return Trial(clusters: clusters, score: silhouette.mean)
      })
  }

  /// The number of clusters of all rows under which labeled rows keep to their classes best.
  ///
  /// The score is the clustering accuracy of the labeled rows: too few clusters merge their classes, too many split them.
  /// Numbers to try are chosen by Brent's search for the highest score, places being rounded down; then neighbors of the
  /// best are tried as long as one more is better or one fewer is as good.
  ///
  /// - Parameters:
  ///   - classes: the class of each row, −1 where it is not known.
  ///   - counts: the numbers to try from; the lower bound is as a rule the number of known classes.
  ///   - starts: of each K-means.
  /// - Precondition: `counts` lies in 1...N; at least one row has a class; all finite.
  /// - Complexity: O(log(counts.count)) numbers as a rule, K-means for each.
  /// - Source: Vaze, Han, Vedaldi, Zisserman 2022, section 3.3. Differs: the search alone ends
  ///   anywhere on a stretch of equal scores.
  public static func byLabeledAccuracy(
    of x: FloatBuffer, width: Int, classes: [Int32], counts: ClosedRange<Int>, starts: Int = 10, random: RandomStream
  ) -> ClusterCountEstimate {
    check(x, width: width, counts: counts, least: 1, "byLabeledAccuracy")
    precondition(
      classes.count == x.count / width, "byLabeledAccuracy: \(classes.count) classes for \(x.count / width) rows")
    let labeled = classes.indices.filter { classes[$0] >= 0 }
    precondition(!labeled.isEmpty, "byLabeledAccuracy: none of \(classes.count) rows has a class")
    let truth = labeled.map { classes[$0] }
    var scores: [Int: Double] = [:]
    func score(_ clusters: Int) -> Double {
      if let known = scores[clusters] { return known }
      let found = KMeans(clusters: clusters, starts: starts)(x, width: width, random: random.substream(clusters)).labels
      let score = ClusterMatching(truth: truth, predicted: labeled.map { found[$0] }).accuracy
      scores[clusters] = score
      return score
    }
    if counts.lowerBound == counts.upperBound {
      _ = score(counts.lowerBound)
    } else {
      _ = BrentSearch(Double(counts.lowerBound)...Double(counts.upperBound)) { -score(Int($0)) }
    }
    var best = ClusterCountEstimate(scores).clusters
    while true {
      if best > counts.lowerBound, score(best - 1) >= score(best) {
        best -= 1
      } else if best < counts.upperBound, score(best + 1) > score(best) {
        best += 1
      } else {
        break
      }
    }
    return ClusterCountEstimate(scores)
  }

  private init(_ scores: [Int: Double]) {
    self.init(scores.sorted { $0.key < $1.key }.map { Trial(clusters: $0.key, score: $0.value) })
  }

  private init(_ trials: [Trial]) {
    self.trials = trials
    var best = trials[0]
    for trial in trials where trial.score > best.score { best = trial }
    clusters = best.clusters
  }

  private static func check(
    _ x: FloatBuffer, width: Int, counts: ClosedRange<Int>, least: Int, _ what: String
  ) {
    ClusterRows.check(x, width: width, clusters: counts.upperBound, what)
    precondition(counts.lowerBound >= least, "\(what): \(counts.lowerBound) clusters; at least \(least) can be scored")
  }
}

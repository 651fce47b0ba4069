import GroveGraphs
import GroveKernels
import GroveStore
import TestSupport
import Testing

/// False-negative rates on a published split, against numbers computed elsewhere: `negative-sampling.md`, section 5.3.
@Suite(.enabled(if: SharedData.isPresent)) struct FalseNegativeRateTests {
  /// The collaboration graph GR-QC with its published links.
  private struct Links {
    let training: SparseRows
    let hidden: SparseRows
    let setting: NegativeSetting

    init() throws {
      let split = try LinkFiles(path: SharedData.graph("arxiv-grqc-lp")).split
      let count = split.ends.sourceCount
      func rows(_ parts: [EdgeList]) -> SparseRows {
        let edges = parts.map { $0.bothWays() }
        let grouped = SparseRows.grouping(
          rows: edges.flatMap(\.sources), columns: edges.flatMap(\.targets), rowCount: count, columnCount: count
        ).rows
        return NegativeFilter([grouped], anchorCount: count, candidateCount: count, excludesSelf: false).excluded
      }
      training = rows([split.training])
      hidden = rows([split.validation.positives, split.test.positives])
      setting = NegativeSetting(
        positives: training, isSquare: true,
        filter: NegativeFilter([training], anchorCount: count, candidateCount: count, excludesSelf: true),
        random: RandomStream(seed: 0))
    }

    func rate(_ sampler: any NegativeSampler) throws -> FalseNegativeRate {
      try sampler.falseNegativeRate(
        training: training, hidden: hidden,
        request: NegativeRequest(anchors: [], positives: [], count: 1, random: RandomStream(seed: 0)))
    }
  }

  private func close(_ found: Double, _ percent: Double, _ digits: Double) -> Bool {
    abs(100 * found - percent) < digits / 2 * 1.02
  }

  @Test func `rates on GR-QC are the published ones`() throws {
    let links = try Links()
    let uniform = try links.rate(NegativeCatalogue.recipe(named: "uniform").sampler(on: links.setting))
    #expect(close(uniform.perAnchor, 0.029, 0.001) && close(uniform.perPositive, 0.072, 0.001), "\(uniform)")
    let degree = try links.rate(NegativeCatalogue.recipe(named: "unigram").sampler(on: links.setting))
    #expect(close(degree.perAnchor, 0.052, 0.001) && close(degree.perPositive, 0.153, 0.001), "\(degree)")
    func hops(_ rule: HopRule) throws -> FalseNegativeRate {
      let lists = HopLists(
        rule, on: links.setting.hops, filter: links.setting.filter, random: links.setting.random)
      return try links.rate(ComposedSampler("hops", pool: lists.candidates, filter: links.setting.filter))
    }
    let two = try hops(.distance(2...2))
    #expect(
      close(two.perAnchor, 15.8, 0.1) && close(two.perPositive, 13.8, 0.1) && abs(two.meanPool - 17) < 0.6, "\(two)")
    let paths = try hops(.walkCount(steps: 2))
    #expect(close(paths.perAnchor, 18.5, 0.1) && close(paths.perPositive, 23.4, 0.1), "\(paths)")
    let three = try hops(.distance(3...3))
    #expect(
      close(three.perAnchor, 0.84, 0.01) && close(three.perPositive, 0.58, 0.01) && abs(three.meanPool - 68) < 0.6,
      "\(three)")
  }
}

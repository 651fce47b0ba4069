import GroveKernels

extension NegativeRecipe {
  /// Uniform among the first of a ranked list that was made before.
  ///
  /// The list is the setting's, such as that of a text search; without one, candidates by how many walks of two steps (three
  /// between two types) lead to them.
  ///
  /// - Source: the BM25 negatives of DPR (Karpukhin 2020).
  static let mined = NegativeRecipe(
    name: "mined", title: "uniform among the first of a ranked list (DPR)", type: .hard, pool: .local, cost: "O(1)",
    source: "Karpukhin 2020",
    parameters: [.top(100)]
  ) { setting, options in
    let top = options.count("top")
    let pool: any CandidatePool
    if let mined = setting.mined {
      pool = KeyedCandidates(CandidateTable(mined.first(top), filter: setting.filter))
    } else {
      let lists = HopLists(
        .walkCount(steps: setting.isSquare ? 2 : 3), on: setting.hops, filter: setting.filter, random: setting.random)
      pool = ComputedCandidates(anchorCount: setting.filter.anchorCount) { anchor in
        ListedCandidates(Array(lists[anchor].ranked.prefix(top)).sorted())
      }
    }
    return ComposedSampler("mined", pool: pool, fallback: EveryCandidate(), filter: setting.filter)
  }
}

extension SparseRows {
  /// The first entries of each row.
  func first(_ count: Int) -> SparseRows {
    var (offsets, columns): ([Int64], [Int32]) = ([0], [])
    for row in 0..<rowCount {
      columns += self[row].prefix(count)
      offsets.append(Int64(columns.count))
    }
    return SparseRows(offsets: offsets, columns: columns, columnCount: columnCount)
  }
}

extension ListedCandidates {
  /// The candidates, the likeliest first and of equals the one that is listed first.
  var ranked: [Int32] { chances.placesLargestFirst.map { ids[ids.startIndex + $0] } }
}

import GroveGraphs
import GroveKernels

/// The pairs of a step: each positive with the negatives that take its candidate's place, then those that take its anchor's.
struct ScoredPairs {
  /// The anchor of each row of `index`.
  private(set) var anchors: [Int32]
  /// Candidates by row.
  let index: EdgeIndex
  /// The entry of each positive. [B]
  private(set) var positives: [Int] = []
  /// The entry of each negative. [B · k]
  private(set) var negatives: [Int]

  init(_ anchors: [Int32], _ candidates: [Int32], _ drawn: Negatives, _ offset: Int32) {
    self.anchors = anchors
    negatives = [Int](repeating: 0, count: drawn.ids.count)
    var (columns, offsets): ([Int32], [Int64]) = ([], [0])
    columns.reserveCapacity(candidates.count + drawn.ids.count)
    for row in anchors.indices {
      positives.append(columns.count)
      columns.append(candidates[row])
      for place in row * drawn.count..<(row + 1) * drawn.count where !(drawn.replacesAnchor?[place] ?? false) {
        negatives[place] = columns.count
        columns.append(drawn.ids[place] + offset)
      }
      offsets.append(Int64(columns.count))
    }
    for (place, isAnchor) in (drawn.replacesAnchor ?? []).enumerated() where isAnchor {
      negatives[place] = columns.count
      self.anchors.append(drawn.ids[place])
      columns.append(candidates[place / drawn.count])
      offsets.append(Int64(columns.count))
    }
    index = EdgeIndex(offsets: offsets, columns: columns)
  }

  /// Pairs with negatives that were made: candidate rows are those of the positives, then `count` for each of them.
  ///
  /// Anchors are numbered as rows.
  init(rows: Int, count: Int) {
    anchors = []
    negatives = []
    var (columns, offsets): ([Int32], [Int64]) = ([], [0])
    for row in 0..<rows {
      anchors.append(Int32(row))
      positives.append(columns.count)
      columns.append(Int32(row))
      for place in 0..<count {
        negatives.append(columns.count)
        columns.append(Int32(rows + row * count + place))
      }
      offsets.append(Int64(columns.count))
    }
    index = EdgeIndex(offsets: offsets, columns: columns)
  }
}

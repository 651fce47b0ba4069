import GroveKernels

/// Works that became others, and works that were deleted: ids of their own, of which half still have records.
extension OpenAlexRecords {
  /// Whether another work was merged into a paper.
  func isMerged(_ paper: Int) -> Bool {
    var draws = contents.mergeStream.draws(at: paper)
    return draws.chance(0.01)
  }

  /// Whether a work beside a paper was deleted.
  func isDeleted(_ paper: Int) -> Bool {
    var draws = contents.mergeStream.draws(at: paper)
    _ = draws.next()
    return draws.chance(0.005)
  }

  // References to nothing have places below 28 in their numbers; 31 and 30 are free.

  /// The id of the work that was merged into a paper.
  func mergedID(of paper: Int) -> Int { contents.ids.integer(.absentPaper, paper << 5 | 31) }

  /// The id of the deleted work beside a paper.
  func deletedID(of paper: Int) -> Int { contents.ids.integer(.absentPaper, paper << 5 | 30) }

  mutating func appendMerges(of paper: PlannedPaper, to texts: inout [ByteText], _ counts: inout DialectCounts) {
    if isMerged(paper.number) {
      let id = mergedID(of: paper.number)
      append(merge: id, into: contents.ids.integer(.paper, paper.number), to: &texts[7])
      counts.add(.mergedWorks)
      if appendStale(paper, as: id, to: &texts) { counts.add(.mergedRecords) }
    }
    if isDeleted(paper.number) {
      let id = deletedID(of: paper.number)
      append(merge: id, into: Self.deleted, to: &texts[7])
      counts.add(.deletedWorks)
      if appendStale(paper, as: id, to: &texts) { counts.add(.deletedRecords) }
    }
  }

  private func append(merge id: Int, into target: Int, to text: inout ByteText) {
    text.append("2024-06-11,W")
    text.append(decimal: id)
    text.append(",W")
    text.append(decimal: target)
    text.append("\n")
  }

  /// Adds the record that a merged or deleted work still has, for every other one.
  private mutating func appendStale(_ paper: PlannedPaper, as id: Int, to texts: inout [ByteText]) -> Bool {
    if id >> 9 & 1 == 0 { return false }
    var counts = DialectCounts([])
    let file = file(of: paper.number)
    append(paper, as: id, to: &texts[file], &counts)
    texts[file].append(Self.after)
    return true
  }
}

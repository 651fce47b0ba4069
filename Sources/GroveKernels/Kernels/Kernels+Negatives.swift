import CKernels

extension Kernels {
  /// The id of some rank, from 0, among those from 0 up that a rising row without repeats does not hold.
  ///
  /// - Complexity: O(log of the row's length).
  public static func candidate(atRank rank: Int, outside row: ArraySlice<Int32>) -> Int32 {
    row.withUnsafeBufferPointer { row in
      row.isEmpty ? Int32(rank) : Int32(grove_candidate_at(row.baseAddress, Int64(row.count), Int64(rank)))
    }
  }

  /// Whether a rising row holds an id.
  ///
  /// - Complexity: O(log of the row's length).
  public static func holds(_ id: Int32, in row: ArraySlice<Int32>) -> Bool {
    row.withUnsafeBufferPointer { row in
      !row.isEmpty && grove_row_holds(row.baseAddress, Int64(row.count), Int64(id))
    }
  }

  /// `each` ids of 0..<candidateCount for each anchor, all that its row does not exclude alike.
  ///
  /// No id is drawn twice to be rejected: the draw is a rank among those that are left, found by binary search.
  ///
  /// - Shape: anchors [B] → ids [B · each]; nil and the place of an anchor whose row leaves nothing.
  /// - Parameter excluded: rows in rising order without repeats.
  /// - Precondition: anchors are rows of `excluded`.
  /// - Complexity: O(B · each · log d), d the entries of a row; on all threads.
  public static func drawUniform(
    excluding excluded: EdgeIndex, anchors: [Int32], each: Int, of candidateCount: Int, using random: RandomStream
  ) -> (ids: [Int32], exhausted: Int?) {
    let exhausted = Guarded<Int?>(nil)
    let ids = drawn(anchors, each, excluded) { rows, range, anchors, out in
      let at = grove_draw_uniform(
        rows, anchors, Int64(range.count), Int64(each), Int64(candidateCount), random.key, Int64(range.lowerBound), out)
      if at >= 0 { exhausted.withLock { $0 = min($0 ?? .max, range.lowerBound + Int(at)) } }
    }
    return (ids, exhausted.withLock { $0 })
  }

  /// As `drawUniform`, by the chances of a table; -1 where 32 tries in a row gave excluded ids.
  ///
  /// - Returns: the ids, and how many draws were rejected.
  /// - Precondition: anchors are rows of `excluded`.
  /// - Complexity: O(B · each · tries · log d); on all threads.
  public static func drawWeighted(
    by table: AliasTable, excluding excluded: EdgeIndex, anchors: [Int32], each: Int, using random: RandomStream
  ) -> (ids: [Int32], rejected: Int) {
    let rejected = Guarded(0)
    let ids = drawn(anchors, each, excluded) { rows, range, anchors, out in
      let count = table.withPlaces {
        grove_draw_weighted(
          rows, $0, Int64(table.count), anchors, Int64(range.count), Int64(each), random.key, Int64(range.lowerBound),
          out)
      }
      rejected.withLock { $0 += Int(count) }
    }
    return (ids, rejected.withLock { $0 })
  }

  /// Runs a kernel over blocks of anchors, whose results lie one after the other.
  private static func drawn(
    _ anchors: [Int32], _ each: Int, _ excluded: EdgeIndex,
    _ body: (grove_csr, Range<Int>, UnsafePointer<Int32>, UnsafeMutablePointer<Int32>) -> Void
  ) -> [Int32] {
    for anchor in anchors {
      precondition(
        anchor >= 0 && Int(anchor) < excluded.rowCount, "negatives: anchor \(anchor) of \(excluded.rowCount)")
    }
    return [Int32](unsafeUninitializedCapacity: anchors.count * each) { out, made in
      out.initialize(repeating: -1)
      let out = out
      if each > 0 {
        anchors.withUnsafeBufferPointer { anchors in
          withIndex(excluded) { rows in
            Workers.run(anchors.count, max(1, 4096 / each)) { range in
              body(rows, range, anchors.baseAddress! + range.lowerBound, out.baseAddress! + range.lowerBound * each)
            }
          }
        }
      }
      made = anchors.count * each
    }
  }
}

extension Kernels {
  /// Dot products of one row with some rows of another matrix, times a factor.
  ///
  /// - Shape: rows [A, D], others [C, D], candidates [n] → [n].
  /// - Precondition: `row` and the candidates are rows of theirs.
  /// - Complexity: O(n · D) on the calling thread; bound by the reads of rows at random.
  public static func dots(
    of row: Int32, in rows: [Float], with candidates: [Int32], in others: [Float], width: Int, scale: Float
  ) -> [Float] {
    precondition(row >= 0 && (Int(row) + 1) * width <= rows.count, "dots: row \(row) of \(rows.count / width)")
    for id in candidates {
      precondition(id >= 0 && (Int(id) + 1) * width <= others.count, "dots: row \(id) of \(others.count / width)")
    }
    var result = [Float](repeating: 0, count: candidates.count)
    rows.withUnsafeBufferPointer { rows in
      others.withUnsafeBufferPointer { others in
        result.withUnsafeMutableBufferPointer { result in
          guard let out = result.baseAddress, let first = rows.baseAddress, let second = others.baseAddress else {
            return
          }
          let anchor = first + Int(row) * width
          let dot = table.pointee.row_dot!
          for (place, id) in candidates.enumerated() {
            dot(second + Int(id) * width, anchor, true, Int64(width), 1, out + place, 0, 1)
            out[place] *= scale
          }
        }
      }
    }
    return result
  }
}

extension Kernels {
  /// The place of the first number that is none.
  ///
  /// - Complexity: O(n), on all threads.
  public static func firstNaN(in x: FloatBuffer) -> Int? {
    let first = Guarded<Int?>(nil)
    Workers.run(x.count, elementGrain) { range in
      for place in range where x.pointer[place].isNaN {
        first.withLock { $0 = min($0 ?? .max, place) }
        break
      }
    }
    return first.withLock { $0 }
  }
}

import Foundation
import GroveKernels

/// Draws some of the edges into each target, in one relation.
///
/// A draw is a function of (stream, target node, time, number of the draw or of the edge): it depends neither on the
/// other targets nor on their order.
///
/// Letters: T targets, k fanout, d edges into a target.
struct EdgeDraw: Sendable {
  /// Row i lists the sources of the edges into node i of the target type.
  let incoming: SparseRows
  /// How likely each edge is drawn, relative to the others into its target; nil: all alike.
  let weights: [Float]?
  /// Calendar year since which each edge is there, 0 where unknown; nil: edges have no time.
  let years: [Int32]?
  /// Whether an edge may be drawn more than once.
  let isReplacing: Bool

  /// Memory that draws use again.
  struct Scratch {
    fileprivate var candidates: [Int] = []
    fileprivate var picked: [Int] = []
    fileprivate var numbers: [Double] = []
    /// By place among the candidates; all false between draws.
    fileprivate var isTaken: [Bool] = []
  }

  /// Edges into each target, in the graph's order: offsets [T + 1] and positions in `incoming`.
  ///
  /// - Parameters:
  ///   - times: the year of each target, later edges than which are not drawn, nor those of unknown year. [T]
  ///   - fanout: k; below 0: all edges.
  /// - Complexity: O(T + edges drawn); O(d) for a target where edges have weights or years.
  /// - Source: Floyd's subsets (Bentley, Floyd 1987) without replacement; with weights, the k smallest of exponential
  ///   clocks (Efraimidis, Spirakis 2006).
  func edges(
    into targets: [Int32], asOf times: [Int32]?, fanout: Int, using random: RandomStream, _ scratch: inout Scratch
  ) -> (offsets: [Int64], edges: [Int64]) {
    let takesAll = fanout < 0
    guard years != nil || (weights != nil && !takesAll) else {
      return Kernels.drawEdges(
        offsets: incoming.offsets, into: targets, fanout: fanout, isReplacing: isReplacing, using: random)
    }
    var offsets: [Int64] = [0]
    var edges: [Int64] = []
    offsets.reserveCapacity(targets.count + 1)
    edges.reserveCapacity(targets.count * max(1, min(fanout, 64)))
    for row in 0..<targets.count {
      let node = Int(targets[row])
      let range = incoming.range(of: node)
      collect(range, asOf: times?[row], positive: !takesAll, &scratch)
      let count = scratch.candidates.count
      if takesAll || (count <= fanout && !isReplacing) {
        for candidate in scratch.candidates { edges.append(Int64(candidate)) }
      } else if count > 0 {
        let stream = times.map { random.substream(Int($0[row])) } ?? random
        switch (weights, isReplacing) {
        case (nil, false): drawSubset(fanout, of: count, node, stream, &scratch)
        case (nil, true): drawAgain(fanout, of: count, node, stream, &scratch)
        case (let weights?, false): drawSubset(fanout, by: weights, range.lowerBound, node, stream, &scratch)
        case (let weights?, true): drawAgain(fanout, by: weights, node, stream, &scratch)
        }
        scratch.sortPicked()
        for place in scratch.picked { edges.append(Int64(scratch.candidates[place])) }
      }
      offsets.append(Int64(edges.count))
    }
    return (offsets, edges)
  }

  /// The edges of a row that may be drawn: in time, and with a weight above 0 where `positive`.
  private func collect(_ range: Range<Int>, asOf time: Int32?, positive: Bool, _ scratch: inout Scratch) {
    scratch.candidates.removeAll(keepingCapacity: true)
    for edge in range {
      if let years, let time, years[edge] <= 0 || years[edge] > time { continue }
      if positive, let weights, weights[edge] <= 0 { continue }
      scratch.candidates.append(edge)
    }
  }

  /// k different places of 0..<count, each set of k equally likely.
  private func drawSubset(_ k: Int, of count: Int, _ node: Int, _ random: RandomStream, _ scratch: inout Scratch) {
    if scratch.isTaken.count < count {
      scratch.isTaken += [Bool](repeating: false, count: count - scratch.isTaken.count)
    }
    scratch.picked.removeAll(keepingCapacity: true)
    for last in count - k..<count {
      let place = EdgeDraw.below(last + 1, random, node, last - (count - k))
      let free = scratch.isTaken[place] ? last : place
      scratch.isTaken[free] = true
      scratch.picked.append(free)
    }
    for place in scratch.picked { scratch.isTaken[place] = false }
  }

  /// k places of 0..<count, each drawn among all.
  private func drawAgain(_ k: Int, of count: Int, _ node: Int, _ random: RandomStream, _ scratch: inout Scratch) {
    scratch.picked.removeAll(keepingCapacity: true)
    for draw in 0..<k { scratch.picked.append(EdgeDraw.below(count, random, node, draw)) }
  }

  /// k different places, as if drawn one after the other in proportion to the weights of those left.
  ///
  /// Every edge has a clock that rings after an exponential time of rate w; the first k to ring are taken.
  private func drawSubset(
    _ k: Int, by weights: [Float], _ start: Int, _ node: Int, _ random: RandomStream, _ scratch: inout Scratch
  ) {
    scratch.picked.removeAll(keepingCapacity: true)
    scratch.numbers.removeAll(keepingCapacity: true)
    for place in 0..<scratch.candidates.count {
      let edge = scratch.candidates[place]
      let time = -log(EdgeDraw.unit(random, node, edge - start)) / Double(weights[edge])
      if scratch.numbers.count == k {
        if time >= scratch.numbers[k - 1] { continue }
        scratch.numbers.removeLast()
        scratch.picked.removeLast()
      }
      var at = scratch.numbers.count
      while at > 0 && scratch.numbers[at - 1] > time { at -= 1 }
      scratch.numbers.insert(time, at: at)
      scratch.picked.insert(place, at: at)
    }
  }

  /// k places, each drawn among all in proportion to its weight.
  private func drawAgain(
    _ k: Int, by weights: [Float], _ node: Int, _ random: RandomStream, _ scratch: inout Scratch
  ) {
    scratch.numbers.removeAll(keepingCapacity: true)
    var total = 0.0
    for edge in scratch.candidates {
      total += Double(weights[edge])
      scratch.numbers.append(total)
    }
    scratch.picked.removeAll(keepingCapacity: true)
    for draw in 0..<k {
      let mark = EdgeDraw.unit(random, node, draw) * total
      var (low, high) = (0, scratch.numbers.count - 1)
      while low < high {
        let middle = (low + high) / 2
        if scratch.numbers[middle] < mark { low = middle + 1 } else { high = middle }
      }
      scratch.picked.append(low)
    }
  }

  /// A whole number in 0..<bound; no number is more likely than another by more than bound · 2⁻³².
  private static func below(_ bound: Int, _ random: RandomStream, _ node: Int, _ draw: Int) -> Int {
    Int((UInt64(random.bits(row: node, column: draw)) * UInt64(bound)) >> 32)
  }

  /// A number between 0 and 1, both excluded.
  private static func unit(_ random: RandomStream, _ node: Int, _ draw: Int) -> Double {
    (Double(random.bits(row: node, column: draw)) + 0.5) * 0x1p-32
  }
}

extension EdgeDraw.Scratch {
  /// Puts the picked places in rising order.
  ///
  /// - Complexity: O(k²) for small k, else O(k log k).
  fileprivate mutating func sortPicked() {
    if picked.count > 32 { return picked.sort() }
    for end in 1..<max(1, picked.count) {
      let place = picked[end]
      var at = end
      while at > 0 && picked[at - 1] > place {
        picked[at] = picked[at - 1]
        at -= 1
      }
      picked[at] = place
    }
  }
}

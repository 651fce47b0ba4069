public import GroveGraphs
import GroveKernels
public import GroveLayers
public import GroveTensors

/// An encoder of nodes and a decoder of pairs: what link training learns.
///
/// Nodes of two types are numbered together, sources first.
public final class LinkModel: Module {
  /// Gives nodes their rows.
  public let encoder: any LinkEncoder
  /// Gives pairs their scores.
  public let decoder: any LinkDecoder

  /// A model of its parts.
  public init(encoder: any LinkEncoder, decoder: any LinkDecoder) { (self.encoder, self.decoder) = (encoder, decoder) }

  /// Trained rows with which pairs are scored.
  public func embeddings(on graph: Graph) -> Tensor {
    Pass.evaluation { decoder.rows(encoder.embeddings(on: graph)) }
  }

  /// Scores of pairs under rows of all nodes.
  ///
  /// - Parameter offset: what is added to a target's number.
  /// - Complexity: O(E · D), a block of pairs at a time.
  public func scores(of pairs: EdgeList, under embeddings: Tensor, offset: Int) -> [Float] {
    var result: [Float] = []
    result.reserveCapacity(pairs.count)
    for start in stride(from: 0, to: pairs.count, by: 65_536) {
      let block = start..<min(start + 65_536, pairs.count)
      let index = EdgeIndex(
        offsets: (0...block.count).map(Int64.init), columns: block.map { pairs.targets[$0] + Int32(offset) })
      let anchors = embeddings.gathering(rows: Array(pairs.sources[block]))
      let scores = Pass.evaluation {
        decoder.scores(anchors, embeddings, over: Aggregation(incoming: index, sourceCount: embeddings.rows))
      }
      result += scores.values
    }
    return result
  }

  /// Scores of some nodes with all candidates, row after row. [A, C]
  ///
  /// - Precondition: a decoder whose scores are dot products, or few candidates.
  /// - Complexity: O(A · C · D).
  public func scores(of anchors: [Int32], withAll candidates: Range<Int>, under embeddings: Tensor) -> [Float] {
    let rows = embeddings.gathering(rows: anchors)
    let others = embeddings.gathering(rows: candidates.map(Int32.init))
    return Pass.evaluation {
      if let queries = decoder.queries(rows) { return queries.matmul(others, transposed: true).values }
      let columns = anchors.indices.flatMap { _ in (0..<Int32(candidates.count)).map { $0 } }
      let offsets = (0...anchors.count).map { Int64($0 * candidates.count) }
      return decoder.scores(
        rows, others,
        over: Aggregation(
          incoming: EdgeIndex(offsets: offsets, columns: columns), sourceCount: candidates.count)
      ).values
    }
  }

  /// The scores that an encoder's rows give now, for samplers that choose by them; nil where they are no dot products.
  func scorer(_ encoded: LinkRows, between ends: LinkEnds) -> EmbeddingScorer? {
    let rows = Pass.evaluation { encoded.compared(by: decoder) }
    guard let queries = Pass.evaluation({ decoder.queries(rows.anchors) }) else { return nil }
    let width = queries.columns
    let candidates = ends.targetOffset..<ends.targetOffset + ends.targetCount
    return EmbeddingScorer(
      anchors: Array(queries.values.prefix(ends.sourceCount * width)),
      candidates: Array(rows.candidates.values[candidates.lowerBound * width..<candidates.upperBound * width]),
      width: width)
  }
}

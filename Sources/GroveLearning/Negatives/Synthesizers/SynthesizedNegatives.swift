public import GroveTensors

/// Negatives chosen or made hop by hop: they have vectors, and may be no node.
///
/// Letters: B anchors, M candidates of each, H hops, D width.
public struct SynthesizedNegatives {
  /// The negative of each anchor after each hop. H of [B, D]
  public let hops: [Tensor]
  /// The hops as one. [B, D] or [B, H · D]
  public let pooled: Tensor
  /// Of each hop, which of its M candidates each anchor's negative was made from. H of [B]
  public let choices: [[Int32]]
}

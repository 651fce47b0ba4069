public import GroveGraphs

/// Turns texts into rows of features.
///
/// A text's row depends on that text and the encoder alone: not on its neighbors in a batch, nor on their number.
public protocol TextEncoder: AnyObject {
  /// F, the number of columns of a row.
  var width: Int { get }

  /// Equal for two encoders that give equal rows, whatever their names and places: a hash of weights, vocabulary and
  /// settings.
  var identity: String { get }

  /// What the encoder's makers put before every text, unless told otherwise; mostly nothing.
  var usualPrefix: String { get }

  /// Whether rows are sparse; these cost so little that they are not kept.
  var givesSparseRows: Bool { get }

  /// Rows of the texts, in their order; an empty text has a row too.
  ///
  /// - Shape: [texts, F], dense or sparse.
  func encode(_ texts: [String]) throws -> FeatureMatrix
}

extension TextEncoder {
  /// Nothing.
  public var usualPrefix: String { "" }

  /// False: most rows are dense.
  public var givesSparseRows: Bool { false }
}

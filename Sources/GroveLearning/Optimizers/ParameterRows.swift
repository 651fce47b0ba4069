import GroveKernels
public import GroveTensors

/// Some rows of a parameter, in a tensor of their own: a step that needs no others costs nothing for the rest.
///
/// What is computed from `values` leaves its gradient there, and `Optimizer.step` puts the changed rows back.
///
/// Letters: M rows, F width.
public struct ParameterRows {
  /// The whole parameter.
  public let parameter: Parameter
  /// Which rows, each once. [M]
  public let ids: [Int32]
  /// A copy of them, and the place of their gradient. [M, F]
  public let values: Tensor

  /// Rows of a parameter as they are now.
  ///
  /// - Precondition: the nodes are rows of the parameter.
  /// - Complexity: O(M · F).
  public init(_ nodes: DistinctNodes, of parameter: Parameter) {
    let whole = parameter.value
    (self.parameter, ids) = (parameter, nodes.ids)
    for id in ids { precondition(Int(id) < whole.rows, "ParameterRows: row \(id) of \(whole.rows)") }
    let copy = FloatBuffer(count: ids.count * whole.columns)
    Kernels.gather(whole.buffer, ids: ids, width: whole.columns, into: copy)
    values = Tensor(copy, rows: ids.count, columns: whole.columns, requiresGradient: parameter.isTrainable)
  }
}

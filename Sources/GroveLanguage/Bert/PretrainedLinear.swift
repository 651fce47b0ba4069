public import GroveLayers
public import GroveTensors

/// A dense layer of a pre-trained encoder: frozen, trained itself, or trained through a low-rank adapter.
///
///     y = x · W + b + (α / r) · x · A · B
///
/// - Shape: x [N, in] → [N, out]; W [in, out], b [1, out], A [in, r], B [r, out].
/// - Source: of the adapter Hu 2021 (LoRA), eq. 3: A starts normal with deviation 1 / √in, B with zeros, so that nothing changes at first.
public final class PretrainedLinear: Module {
  /// W. [in, out]
  public let weight: Parameter
  /// b. [1, out]
  public let bias: Parameter
  /// A and B, once `adapt` was called.
  public private(set) var adapter: LowRankAdapter?
  private var frozen: FrozenWeight?

  /// A frozen layer over numbers that were read.
  init(weight: Tensor, bias: Tensor) {
    self.weight = Parameter(weight, isTrainable: false, decayGroup: .none)
    self.bias = Parameter(bias, isTrainable: false, decayGroup: .none)
  }

  /// Whether W and b themselves are trained.
  var isTuned: Bool {
    get { weight.isTrainable }
    set {
      weight.isTrainable = newValue
      bias.isTrainable = newValue
      frozen = nil
    }
  }

  /// Puts an adapter of rank r beside the weight.
  func adapt(rank: Int, scale: Float, from initializer: Initializer) {
    adapter = LowRankAdapter(weight.shape.rows, weight.shape.columns, rank: rank, scale: scale, from: initializer)
  }

  /// y of each row.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    let y = weight.isTrainable ? x.matmul(weight.value, bias: bias.value) : laidOut()(x, bias: bias.value)
    return adapter.map { y + $0(x) } ?? y
  }

  private func laidOut() -> FrozenWeight {
    if let frozen { return frozen }
    let made = FrozenWeight(weight.value)
    frozen = made
    return made
  }
}

/// A product of two thin matrices that is added to a frozen layer's result.
public final class LowRankAdapter: Module {
  /// A. [in, r]
  public let down: Parameter
  /// B. [r, out]
  public let up: Parameter
  /// α / r.
  public let scale: Float

  init(_ inputWidth: Int, _ outputWidth: Int, rank: Int, scale: Float, from initializer: Initializer) {
    down = initializer.normal(
      inputWidth, rank, deviation: 1 / Float(max(1, inputWidth)).squareRoot(), decayGroup: .none)
    up = initializer.constant(0, rank, outputWidth, decayGroup: .none)
    self.scale = scale
  }

  /// (α / r) · x · A · B. [N, in] → [N, out]
  public func callAsFunction(_ x: Tensor) -> Tensor { (scale * x.matmul(down.value)).matmul(up.value) }
}

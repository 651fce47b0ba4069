public import GroveGraphs
public import GroveKernels
public import GroveTensors

/// Something with parameters.
///
/// Properties that are parameters, buffers, modules or arrays of modules are found by themselves, in the order of their
/// declaration; nothing is registered.
public protocol Module: AnyObject {}

/// A parameter or buffer and where it sits, such as `convolutions.0.weight`.
public struct Named<Value> {
  /// Names of the properties on the way to it, joined by dots.
  public let name: String
  /// The parameter or buffer itself, not a copy.
  public let value: Value
}

extension Module {
  /// Every parameter once, by identity, with its first dotted name.
  ///
  /// - Complexity: O(properties).
  public func parameters() -> [Named<Parameter>] { collect { $0 as? Parameter } }

  /// Every buffer once, with its first dotted name.
  public func buffers() -> [Named<Buffer>] { collect { $0 as? Buffer } }

  /// Number of trainable numbers.
  public var parameterCount: Int {
    parameters().reduce(0) { $0 + ($1.value.isTrainable ? $1.value.shape.count : 0) }
  }

  private func collect<Value: AnyObject>(_ pick: (Any) -> Value?) -> [Named<Value>] {
    var found: [Named<Value>] = []
    var seen: Set<ObjectIdentifier> = []
    func visit(_ value: Any, _ name: String) {
      if let match = pick(value) {
        if seen.insert(ObjectIdentifier(match)).inserted { found.append(Named(name: name, value: match)) }
        return
      }
      let mirror = Mirror(reflecting: value)
      switch mirror.displayStyle {
      case .optional:
        if let inner = mirror.children.first?.value { visit(inner, name) }
      case .collection:
        for (index, child) in mirror.children.enumerated() { visit(child.value, "\(name).\(index)") }
      case .dictionary:
        for child in Mirror(reflecting: value).children {
          precondition(
            !holdsModule(child.value),
            "Module: '\(name)' keeps modules in a Dictionary, whose order changes from run to run; use an array")
        }
      default:
        if value is any Module { visitProperties(of: mirror, name) }
      }
    }
    func visitProperties(of mirror: Mirror, _ name: String) {
      if let parent = mirror.superclassMirror { visitProperties(of: parent, name) }
      for child in mirror.children {
        guard let label = child.label else { continue }
        visit(child.value, name.isEmpty ? label : "\(name).\(label)")
      }
    }
    visitProperties(of: Mirror(reflecting: self), "")
    return found
  }
}

private func holdsModule(_ value: Any) -> Bool {
  value is any Module || value is Parameter || Mirror(reflecting: value).children.contains { holdsModule($0.value) }
}

/// A convolution over the edges of a block.
///
/// Full graph, mini-batch and bipartite relation have this one signature.
public protocol GraphConvolution: Module {
  /// Whether the layer walks its block once, so that targets may be fewer than sources; a layer that walks it several
  /// times needs the same nodes on both sides.
  var walksOnce: Bool { get }

  /// - Parameters:
  ///   - source: rows of the block's sources [S, F].
  ///   - target: rows of its targets [T, F]; nil where they are among the sources.
  ///   - edges: rows of its edges [E, G], for convolutions with edge features.
  /// - Returns: [T, F'].
  func callAsFunction(_ source: Tensor, target: Tensor?, over block: Block, edges: Tensor?) -> Tensor

  /// The same for targets among the sources and edges without features, rectified; layers whose last pass can rectify
  /// its rows as it writes them have their own.
  func rectified(_ x: Tensor, over block: Block, by rectifier: Rectifier) -> Tensor
}

extension GraphConvolution {
  /// True: most layers walk their block once.
  public var walksOnce: Bool { true }

  /// The convolution's rows, rectified in a pass of their own.
  public func rectified(_ x: Tensor, over block: Block, by rectifier: Rectifier) -> Tensor {
    self(x, over: block).rectified(by: rectifier)
  }

  /// The convolution where targets are among the sources and edges carry no features.
  public func callAsFunction(_ x: Tensor, over block: Block) -> Tensor {
    self(x, target: nil, over: block, edges: nil)
  }
}

extension Block {
  /// The rows of the targets: those given, else picked from the sources.
  ///
  /// - Precondition: `target` is given where sources and targets are of two types.
  public func targetRows(of source: Tensor, given target: Tensor?) -> Tensor {
    if let target { return target }
    switch placement {
    case .same: return source
    case .rows(let rows): return source.gathering(rows: rows)
    case .apart: preconditionFailure("convolution: sources and targets are of two types, so `target` must be given")
    }
  }
}

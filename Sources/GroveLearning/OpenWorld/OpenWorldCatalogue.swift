public import GroveKernels
public import GroveLayers

/// What a method needs to know to be made.
public struct OpenWorldShape: Sendable {
  /// F, the number of feature columns.
  public let inputWidth: Int
  /// D, the number of embedding columns.
  public let width: Int
  /// What is known.
  public let problem: OpenWorldProblem
  /// The run's configuration.
  public let configuration: TrainingConfiguration
  /// The method's own numbers.
  public let options: NumberOptions
  /// For clusterings and whatever else a method draws beyond dropout.
  public let random: RandomStream
}

/// A method by name: its defaults, where they come from, and how it is made.
public struct OpenWorldRecipe: Sendable {
  /// Name that `--method` takes, such as `openima`.
  public let name: String
  /// The method's full name, for people.
  public let title: String
  /// Paper, and where the default values come from.
  public let source: String
  /// Configuration keys that this method reads beside those of all, such as `tau`; what no method lists is not given to it.
  public let options: [String]
  /// Numbers that no other method has, for `--method-options`.
  public let parameters: [NumberParameter]
  /// Changes the defaults of open-world training to the method's own.
  public let defaults: @Sendable (inout TrainingConfiguration) -> Void
  /// The method's own encoder; nil for the one that `--model` names.
  public let makeEncoder: (@Sendable (OpenWorldShape, Initializer) -> any NodeEncoder)?
  /// Configuration keys that the method's own encoder reads; none where `--model` names the encoder.
  public let encoderOptions: [String]
  /// The method with its start.
  public let make: @Sendable (OpenWorldShape, Initializer) -> any OpenWorldMethod

  /// A recipe; what is left out is as in most methods.
  public init(
    name: String, title: String, source: String, options: [String] = [], parameters: [NumberParameter] = [],
    defaults: @escaping @Sendable (inout TrainingConfiguration) -> Void = { _ in },
    makeEncoder: (@Sendable (OpenWorldShape, Initializer) -> any NodeEncoder)? = nil, encoderOptions: [String] = [],
    make: @escaping @Sendable (OpenWorldShape, Initializer) -> any OpenWorldMethod
  ) {
    (self.name, self.title, self.source, self.options, self.parameters) = (name, title, source, options, parameters)
    (self.defaults, self.makeEncoder, self.encoderOptions) = (defaults, makeEncoder, encoderOptions)
    self.make = make
  }
}

extension OpenWorldRecipe {
  /// Whether the method brings an encoder, so that `--model` names none.
  public var hasOwnEncoder: Bool { makeEncoder != nil }

  /// Every configuration key that changes this method.
  ///
  /// - Parameter model: the encoder, where the method has none of its own.
  public func configurationKeys(model: String) -> [String] {
    (hasOwnEncoder ? encoderOptions : OpenWorldCatalogue.encoderOptions(of: model)) + options
      + OpenWorldCatalogue.options
  }

  /// The encoder of a shape: the method's own, or the one that the configuration names.
  ///
  /// - Throws: `TrainingFailure.configuration` where the name is not that of an encoder.
  func encoder(_ shape: OpenWorldShape, _ start: Initializer) throws -> any NodeEncoder {
    try makeEncoder.map { $0(shape, start) }
      ?? OpenWorldCatalogue.makeEncoder(inputWidth: shape.inputWidth, shape.configuration, start)
  }
}

/// Every method of open-world classification.
///
/// A new one is a line here and a file in `Methods`.
public enum OpenWorldCatalogue {
  /// The recipes in the order in which `grove models list` shows them.
  public static let recipes: [OpenWorldRecipe] = [
    OpenIMA.recipe,
    InfoNCE.recipe,
    InfoNCESupCon.recipe,
    InfoNCESupConCE.recipe,
    ORCA.recipe,
    ORCA.zeroMarginRecipe,
    GCD.recipe,
    SimGCD.recipe,
    OpenLDN.recipe,
    OpenCon.recipe,
    OpenCon.twoStageRecipe,
    OODGAT.recipe,
    OpenWGL.recipe,
    POWN.recipe,
  ]

  /// The method that is trained unless told otherwise.
  public static let usualMethod = "openima"

  /// Configuration keys of every method.
  static let options =
    ["classes", "batch", "fanouts", "replacement", "weightedSampling"] + Array(ModelCatalogue.trainingOptions.prefix(6))

  /// Configuration keys that the estimate of the number of classes reads, beside those of all, whatever the method.
  static func estimateOptions(model: String) -> [String] { encoderOptions(of: model) + ["tau", "variant"] }

  /// - Throws: `TrainingFailure.configuration` that lists the names.
  public static func recipe(named name: String) throws -> OpenWorldRecipe {
    guard let recipe = recipes.first(where: { $0.name == name }) else {
      throw TrainingFailure.configuration(
        "there is no method '\(name)'; choose one of \(recipes.map(\.name).joined(separator: ", "))")
    }
    return recipe
  }

  /// What all methods share: the encoder and the budget of OpenIMA's published code.
  static let defaults: @Sendable (inout TrainingConfiguration) -> Void = {
    ($0.model, $0.hidden, $0.heads, $0.outputHeads, $0.layers) = ("gat", 128, 8, 8, 2)
    ($0.dropout, $0.attentionDropout) = (0.5, 0.5)
    ($0.lr, $0.weightDecay, $0.epochs, $0.patience) = (1e-3, 1e-4, 20, 0)
    $0.batch = 2048
    // Two views of a large batch are held at once: a third more time for less than half of the memory.
    $0.recompute = true
    $0.normalizeFeatures = "none"
  }

  /// Names that `--model` takes for the encoder.
  static let encoders = ["gat", "gatv2", "gcn", "sage"]

  /// Configuration keys that name and change an encoder of `--model`.
  static func encoderOptions(of model: String) -> [String] {
    let own = model.hasPrefix("gat") ? ["heads", "outputHeads", "attentionDropout"] : []
    return ["model", "hidden", "layers", "dropout", "recompute"] + own + (model == "sage" ? ["aggregator"] : [])
  }

  /// The encoder that the configuration names: `layers` convolutions, all but the last of `heads` heads side by side, the
  /// last of `outputHeads`, which are averaged.
  ///
  /// - Throws: `TrainingFailure.configuration` where the name is not that of an encoder.
  static func makeEncoder(
    inputWidth: Int, _ options: TrainingConfiguration, _ start: Initializer
  ) throws -> any NodeEncoder {
    let (isAttention, width) = (options.model.hasPrefix("gat"), options.hidden)
    let heads = (0..<options.layers).map { layer in
      isAttention ? (layer == options.layers - 1 ? options.outputHeads : options.heads) : 1
    }
    let convolutions = try heads.enumerated().map { layer, heads -> any GraphConvolution in
      let input = layer == 0 ? inputWidth : width * (isAttention ? options.heads : 1)
      switch options.model {
      case "gat":
        return GATConvolution(
          input, width, heads: heads, attentionDropout: options.attentionDropout, start: .normal, from: start)
      case "gatv2":
        return GATv2Convolution(input, width, heads: heads, attentionDropout: options.attentionDropout, from: start)
      case "gcn": return GCNConvolution(input, width, from: start)
      case "sage": return SAGEConvolution(input, width, aggregator: options.aggregator, from: start)
      default:
        throw TrainingFailure.configuration(
          "\(options.model) is no encoder of open-world training; choose one of \(encoders.joined(separator: ", "))")
      }
    }
    return GraphEncoder(
      convolutions, heads: heads.last ?? 1, width: width, dropout: options.dropout, recomputes: options.recompute,
      activation: isAttention ? .elu(alpha: 1) : .relu)
  }
}

/// Keys of features that encoders make of texts.
extension TrainingConfiguration {
  /// Keys that mean nothing without an encoder.
  public static let encoderKeys = ["fields", "tuneEncoder", "lora", "encoderRate", "tuneEpochs"]

  /// Whether training changes the encoder of the classified nodes too.
  public var tunesEncoder: Bool { tuneEncoder > 0 || lora > 0 }

  /// The learning rate of the encoder's own numbers: as fine-tuning usually takes for layers, more for new adapters.
  public var encoderLearningRate: Float { encoderRate ?? (tuneEncoder > 0 ? 2e-5 : 2e-4) }

  /// The first impossible value of these keys, in words, or nil.
  var encoderProblem: String? {
    let isAsked = tunesEncoder || encoderRate != nil || !fields.isEmpty
    if encoders.isEmpty && isAsked {
      return "fields, tuneEncoder, lora and encoderRate are about an encoder; give one too, such as --encoder minilm"
    }
    if isLinks && !encoders.isEmpty {
      return "links take no encoders; add a column with grove encode, and name it with features"
    }
    if tuneEncoder < 0 || tuneEncoder > 1024 { return "tuneEncoder is \(tuneEncoder); it must be 0 to 1024 layers" }
    if lora < 0 || lora > 1024 { return "lora is \(lora); the rank must be 0 (none) to 1024" }
    if tuneEpochs < 1 { return "tuneEpochs is \(tuneEpochs); it must be at least 1" }
    if let encoderRate, !(encoderRate > 0 && encoderRate.isFinite) {
      return "encoderRate is \(encoderRate); it must be above 0"
    }
    if tunesEncoder && task != "nodes" {
      return
        "an encoder is trained with task nodes only; leave tuneEncoder and lora out, and its rows serve as features"
    }
    return nil
  }
}

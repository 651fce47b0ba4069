import GroveLayers

extension TrainingConfiguration {
  /// The learning rate of an epoch.
  func learningRate(in epoch: Int) -> Float {
    lr * schedule.factor(epoch: epoch, of: epochs, warmup: warmup)
  }

  /// What turns gradients into steps of a module's parameters.
  func optimizer(for module: some Module) -> any Optimizer {
    optimizer.make(
      for: module.parameters(), decay: weightDecay, secondDecay: weightDecay2 ?? weightDecay, momentum: momentum)
  }
}

/// Keys of open-world training.
extension TrainingConfiguration {
  /// Whether some classes have no labels.
  public var isOpenWorld: Bool { task == "open-world" }

  /// What a run is called: its model, or its method, with the encoder where `model` names it.
  public var name: String { TrainingConfiguration.name(method: method, model: model) }

  /// What runs of a method, or else of a model, are called.
  public static func name(method: String?, model: String) -> String {
    guard let method else { return model }
    return hasOwnEncoder(method) ? method : "\(method) with \(model)"
  }

  /// Whether a method brings an encoder, so that `model` names none.
  private static func hasOwnEncoder(_ method: String?) -> Bool {
    method.flatMap { try? OpenWorldCatalogue.recipe(named: $0) }?.hasOwnEncoder ?? false
  }

  /// K that a run trains with.
  ///
  /// - Parameter split: number of classes of the split.
  /// - Returns: nil where it is to be estimated.
  func classCount(split: Int) -> Int? {
    switch classes {
    case "split": split
    case "estimate": estimatedClasses
    default: Int(classes)
    }
  }

  /// Keys that mean nothing without open-world training.
  public static let openWorldKeys = ["method", "classes", "alignment", "variant", "rho", "eta", "tau"]

  /// Those of the given keys that matter elsewhere but not to the model or method of this configuration, in order.
  ///
  /// What the estimate of the number of classes reads matters where there is one.
  ///
  /// - Throws: `TrainingFailure.configuration` for an unknown model or method.
  public func unused(among keys: some Collection<String>) throws -> [String] {
    if isLinks { return try unusedByLinks(among: keys) }
    guard let method else {
      let elsewhere = Set(TrainingConfiguration.openWorldKeys + TrainingConfiguration.linkKeys + ["methodOptions"])
      return try ModelCatalogue.recipe(named: model).unused(among: keys) + keys.filter(elsewhere.contains).sorted()
    }
    let recipe = try OpenWorldCatalogue.recipe(named: method)
    let special = Set(
      ModelCatalogue.recipes.flatMap(\.options) + ModelCatalogue.trainingOptions + ["metric"]
        + OpenWorldCatalogue.recipes.flatMap(\.options) + ["model"] + TrainingConfiguration.linkKeys)
    let own = Set(
      recipe.configurationKeys(model: model)
        + (classes == "estimate" ? OpenWorldCatalogue.estimateOptions(model: model) : []))
    return keys.filter { special.contains($0) && !own.contains($0) }.sorted()
  }

  /// The first impossible value of these keys, in words, or nil.
  var openWorldProblem: String? {
    guard isOpenWorld else {
      return method.map {
        "method is '\($0)', which is for open-world training; add task open-world (--task open-world)"
      }
    }
    if classes != "split" && classes != "estimate" && (Int(classes) ?? 0) < 1 {
      return "classes is '\(classes)'; it must be split, estimate or a number of classes"
    }
    if (!TrainingConfiguration.hasOwnEncoder(method) || classes == "estimate")
      && !OpenWorldCatalogue.encoders.contains(model)
    {
      return
        "\(model) is no encoder of open-world training; choose one of \(OpenWorldCatalogue.encoders.joined(separator: ", "))"
    }
    if !["train", "train-validation"].contains(alignment) {
      return "alignment is '\(alignment)'; it must be one of train, train-validation"
    }
    if !["paper-code", "textbook"].contains(variant) {
      return "variant is '\(variant)'; it must be one of paper-code, textbook"
    }
    if !(rho > 0 && rho <= 100) { return "rho is \(rho); it must be above 0 and at most 100" }
    if !(eta >= 0 && eta.isFinite) { return "eta is \(eta); it must be 0 or more" }
    if !(tau > 0 && tau.isFinite) { return "tau is \(tau); it must be above 0" }
    if correctAndSmooth != "none" {
      return "correctAndSmooth is \(correctAndSmooth); open-world training has no use for it"
    }
    let unsampled = [("temporal", temporal), ("relationFanouts", !relationFanouts.isEmpty)]
    if let (key, _) = unsampled.first(where: \.1) { return "open-world training has no use for \(key); leave it out" }
    return nil
  }
}

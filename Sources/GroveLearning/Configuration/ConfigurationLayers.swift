public import Foundation
import GroveKernels

/// Values of configuration keys as they come from a file or from flags, before they are put over the defaults.
public struct ConfigurationLayer {
  /// Where the values come from, for error messages: a path, or `command line`.
  public let origin: String
  /// Values by key; a key without one keeps what lies below.
  public private(set) var values: [String: Any] = [:]

  /// A layer without values, to be filled by `set`.
  public init(origin: String) { self.origin = origin }

  /// Sets a key; nil is no value.
  public mutating func set(_ key: String, _ value: Any?) {
    if let value { values[key] = value }
  }

  /// The values of a JSON file.
  /// - Throws: `TrainingFailure.configuration` for what is not a JSON object or names an unknown key.
  public init(json data: Data, origin: String) throws {
    self.origin = origin
    guard let object = try? JSONSerialization.jsonObject(with: data), let values = object as? [String: Any] else {
      throw TrainingFailure.configuration("\(origin): not a JSON object; write { \"model\": \"gcn\", … }")
    }
    for key in values.keys.sorted() where !TrainingConfiguration.keys.contains(key) {
      let near = TrainingConfiguration.keys.nearest(to: key) ?? ""
      throw TrainingConfiguration.failure(origin, "unknown key '\(key)'; did you mean '\(near)'?")
    }
    self.values = values
  }
}

extension TrainingConfiguration {
  /// The configuration of a model with layers of values over its defaults, later ones winning.
  ///
  /// - Throws: `TrainingFailure.configuration` naming the key and what it takes.
  public init(layers: [ConfigurationLayer]) throws {
    func word(_ key: String) -> String? { layers.reversed().lazy.compactMap { $0.values[key] as? String }.first }
    var configuration = TrainingConfiguration()
    if word("task") == "open-world" {
      configuration.task = "open-world"
      OpenWorldCatalogue.defaults(&configuration)
      let method = word("method") ?? OpenWorldCatalogue.usualMethod
      configuration.method = method
      try OpenWorldCatalogue.recipe(named: method).defaults(&configuration)
      _ = try ModelCatalogue.recipe(named: word("model") ?? configuration.model)
    } else if word("task") == "links" {
      configuration.task = "links"
      configuration.model = word("model") ?? LinkCatalogue.usualModel
      try LinkCatalogue.recipe(named: configuration.model).defaults(&configuration)
    } else {
      configuration.model = word("model") ?? "gcn"
      try ModelCatalogue.recipe(named: configuration.model).defaults(&configuration)
    }
    for layer in layers {
      configuration = try configuration.overlaid(with: layer)
    }
    if let problem = configuration.problem { throw TrainingFailure.configuration(problem) }
    try configuration.settleSampling()
    if let method = configuration.method {
      _ = try NumberOptions(OpenWorldCatalogue.recipe(named: method), words: configuration.methodOptions)
    }
    if configuration.isLinks { try configuration.checkLinkOptions() }
    self = configuration
  }

  /// Key by key, so that an error names the key whatever the decoder says.
  private func overlaid(with layer: ConfigurationLayer) throws -> TrainingConfiguration {
    var object = try allKeys()
    var result = self
    for (key, value) in layer.values.sorted(by: { $0.key < $1.key }) {
      // A number of classes may be written as one.
      let value = key == CodingKeys.classes.rawValue && value is NSNumber ? "\(value)" : value
      object[key] = value
      guard JSONSerialization.isValidJSONObject(object),
        let data = try? JSONSerialization.data(withJSONObject: object),
        let decoded = try? JSONDecoder().decode(TrainingConfiguration.self, from: data),
        decoded.metricKey == nil || decoded.metric != nil || decoded.linkMetric != nil
      else {
        let accepted = TrainingConfiguration.accepted(by: key)
        throw TrainingConfiguration.failure(
          layer.origin, "\(key) is \(TrainingConfiguration.shown(value)); it must be \(accepted)")
      }
      result = decoded
    }
    return result
  }

  fileprivate static func failure(_ origin: String, _ text: String) -> TrainingFailure {
    .configuration("\(origin): \(text)")
  }

  /// Every key with its value; those without one are null, so that reading them back cannot bring a default in.
  private func allKeys() throws -> [String: Any] {
    var object = try JSONSerialization.jsonObject(with: JSONEncoder().encode(self)) as? [String: Any] ?? [:]
    for key in TrainingConfiguration.keys where object[key] == nil { object[key] = NSNull() }
    return object
  }

  /// The configuration as `config.json` holds it: every key, sorted, one a line.
  public var json: Data {
    get throws {
      try JSONSerialization.data(
        withJSONObject: allKeys(), options: [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]) + Data("\n".utf8)
    }
  }
}

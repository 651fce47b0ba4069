import Foundation

extension TrainingConfiguration {
  /// The words of the command that trains with this configuration: every key that differs from the model's defaults.
  ///
  /// - Throws: `TrainingFailure.configuration` for an unknown model.
  func commandWords(out: String) throws -> [String] {
    var words = ["grove", "train", store]
    if let method { words += ["--task", task, "--method", method] }
    if isLinks { words += ["--task", task] }
    words += ["--model", model]
    let defaults = try defaultValues()
    for (key, value) in try values()
    where !["store", "task", "model", "estimatedClasses"].contains(key) && defaults[key] != value {
      words += TrainingConfiguration.flag(for: key, value)
    }
    return words + ["--out", out]
  }

  /// Every key but those without a value, sorted, with its value as JSON.
  func values() throws -> [(key: String, value: String)] {
    let object = try JSONSerialization.jsonObject(with: json) as? [String: Any] ?? [:]
    return try object.filter { !($0.value is NSNull) }.sorted { $0.key < $1.key }.map { key, value in
      let data = try JSONSerialization.data(
        withJSONObject: value, options: [.fragmentsAllowed, .sortedKeys, .withoutEscapingSlashes])
      return (key, String(decoding: data, as: UTF8.self))
    }
  }

  /// The defaults of this model by key, as JSON.
  func defaultValues() throws -> [String: String] {
    var layer = ConfigurationLayer(origin: "defaults")
    layer.set("model", model)
    layer.set("task", task)
    if isOpenWorld { layer.set("method", method) }
    return Dictionary(uniqueKeysWithValues: try TrainingConfiguration(layers: [layer]).values())
  }

  /// The flags that set a key to a value, given as JSON.
  private static func flag(for key: String, _ value: String) -> [String] {
    var name = ""
    for character in key {
      if character.isUppercase || character.isNumber { name += "-" }
      name += character.lowercased()
    }
    let parsed = try? JSONSerialization.jsonObject(with: Data(value.utf8), options: .fragmentsAllowed)
    if value == "true" { return ["--\(name)"] }
    if value == "false" { return ["--no-\(name)"] }
    if let list = parsed as? [Any] {
      if key == "splits" { return list.flatMap { ["--split", "\($0)"] } }
      if key == "encoders" { name = "encoder" }
      return list.isEmpty ? [] : ["--\(name)", list.map { "\($0)" }.joined(separator: ",")]
    }
    return ["--\(name)", (parsed as? String) ?? value]
  }

  /// Words as a shell reads them back.
  static func shellLine(_ words: [String]) -> String {
    let plain = CharacterSet(charactersIn: "/._-,:=+@%").union(.alphanumerics)
    return words.map { word in
      let isPlain = !word.isEmpty && word.unicodeScalars.allSatisfy { plain.contains($0) }
      return isPlain ? word : "'" + word.replacing("'", with: "'\\''") + "'"
    }.joined(separator: " ")
  }
}

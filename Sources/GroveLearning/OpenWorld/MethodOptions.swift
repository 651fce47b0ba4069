/// A number that one method alone has.
public struct MethodParameter: Sendable, Equatable {
  /// Name that `--method-options` takes, such as `margin`.
  public let name: String
  /// Its value where none is given.
  public let usual: Double
  /// The values that it may have.
  public let range: ClosedRange<Double>
  /// What it does, in a few words.
  public let meaning: String

  /// A parameter with its usual value.
  public init(_ name: String, _ usual: Double, in range: ClosedRange<Double>, _ meaning: String) {
    (self.name, self.usual, self.range, self.meaning) = (name, usual, range, meaning)
  }
}

/// The numbers of a method, given or usual.
public struct MethodOptions: Sendable, Equatable {
  private var values: [String: Double] = [:]

  /// Reads words such as `margin=10`.
  ///
  /// - Throws: `TrainingFailure.configuration` naming the word and the rule.
  public init(_ recipe: OpenWorldRecipe, words: [String] = []) throws {
    for parameter in recipe.parameters { values[parameter.name] = parameter.usual }
    for word in words {
      let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
      guard parts.count == 2, let parameter = recipe.parameters.first(where: { $0.name == parts[0] }) else {
        let names = recipe.parameters.map { "\($0.name)=\($0.usual)" }.joined(separator: ", ")
        throw TrainingFailure.configuration(
          "methodOptions holds '\(word)'; \(recipe.name) takes \(names.isEmpty ? "none" : names)")
      }
      guard let value = Double(parts[1]), parameter.range.contains(value) else {
        throw TrainingFailure.configuration(
          "methodOptions holds '\(word)'; \(parameter.name) must be between \(parameter.range.lowerBound) and \(parameter.range.upperBound)"
        )
      }
      values[parameter.name] = value
    }
  }

  /// The value of a parameter of the recipe.
  ///
  /// - Precondition: the recipe has it.
  public subscript(name: String) -> Double {
    guard let value = values[name] else { preconditionFailure("MethodOptions: no parameter '\(name)'") }
    return value
  }
}

/// A number that one method or sampler alone has.
public struct NumberParameter: Sendable, Equatable {
  /// Name that a command line takes, such as `margin`.
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

/// The numbers of a method or sampler, given or usual.
public struct NumberOptions: Sendable, Equatable {
  private var values: [String: Double] = [:]

  /// What is wrong with a word, in a few words without an end.
  public struct Fault: Error, Equatable {
    /// Such as `'margin=x'; margin must be between 0 and 1000`.
    public let message: String
  }

  /// Reads words such as `margin=10`.
  ///
  /// - Parameter owner: whose numbers they are, for messages.
  /// - Throws: `Fault` naming the word and the rule.
  public init(_ parameters: [NumberParameter], words: [String], of owner: String) throws(Fault) {
    for parameter in parameters { values[parameter.name] = parameter.usual }
    for word in words {
      let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
      guard parts.count == 2, let parameter = parameters.first(where: { $0.name == parts[0] }) else {
        let names = parameters.map { "\($0.name)=\($0.usual)" }.joined(separator: ", ")
        throw Fault(message: "'\(word)'; \(owner) takes \(names.isEmpty ? "none" : names)")
      }
      guard let value = Double(parts[1]), parameter.range.contains(value) else {
        throw Fault(
          message:
            "'\(word)'; \(parameter.name) must be between \(parameter.range.lowerBound) and \(parameter.range.upperBound)"
        )
      }
      values[parameter.name] = value
    }
  }

  /// The value of a parameter.
  ///
  /// - Precondition: there is such a parameter.
  public subscript(name: String) -> Double {
    guard let value = values[name] else { preconditionFailure("NumberOptions: no parameter '\(name)'") }
    return value
  }

  /// The value of a parameter as it enters tensors.
  public func float(_ name: String) -> Float { Float(self[name]) }

  /// The value of a parameter that counts something.
  public func count(_ name: String) -> Int { Int(self[name].rounded()) }
}

public import GroveKernels

extension NumberOptions {
  /// The numbers of an open-world method, from words such as `margin=10`.
  ///
  /// - Throws: `TrainingFailure.configuration` naming the word and the rule.
  public init(_ recipe: OpenWorldRecipe, words: [String] = []) throws {
    do {
      try self.init(recipe.parameters, words: words, of: recipe.name)
    } catch {
      throw TrainingFailure.configuration("methodOptions holds \(error.message)")
    }
  }
}

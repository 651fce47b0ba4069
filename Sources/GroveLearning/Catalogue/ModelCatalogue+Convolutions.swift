import GroveLayers

extension ModelCatalogue {
  /// Other convolutions, stacked.
  static let convolutions: [ModelRecipe] = []
}

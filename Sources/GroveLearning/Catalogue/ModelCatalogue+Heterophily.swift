import GroveLayers

extension ModelCatalogue {
  /// Models for graphs whose neighbors differ, and transformers over graphs.
  static let heterophily: [ModelRecipe] = []
}

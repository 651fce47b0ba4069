import GroveLayers

extension ModelCatalogue {
  /// Models for graphs with several types of nodes and edges.
  static let heterogeneous: [ModelRecipe] = []
}

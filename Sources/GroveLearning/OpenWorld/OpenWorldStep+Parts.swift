extension OpenWorldStep {
  /// Places in the batch of the nodes whose class is not used in training.
  var unlabeledPlaces: [Int32] {
    nodes.indices.filter { !problem.isTraining[Int(nodes[$0])] }.map { Int32($0) }
  }

  /// The classes of all training nodes, in the order of `training(of:)`. [T]
  var trainingClasses: [Int32] { problem.classes(of: problem.training) }
}

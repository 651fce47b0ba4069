extension NodeTrainer {
  /// The model of this run, trained before, from the run's folder.
  ///
  /// - Throws: `TrainingFailure.folder` where training has not finished; `.checkpoint` where the weights do not fit.
  public func trained(in folder: RunFolder) throws -> TrainedModel {
    try TrainedModel(folder, data: data, configuration: configuration, split: split, run: run)
  }
}

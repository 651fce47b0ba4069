import GroveGraphs
import GroveLayers
import GroveTensors

/// Features and a model on them, over one type of node or several.
protocol Classifier: Module {
  /// What it gives for every node that is classified, on what a part of the split is shown.
  ///
  /// - Parameter layerwise: whether memory must not grow with edges times layers, where the model can be walked so.
  func output(on shown: TrainedModel.Shown, layerwise: Bool) -> NodeOutput

  /// Logits of the seeds of a batch. [seeds, C]
  func logits(of batch: SampledBatch, on shown: TrainedModel.Shown) -> Tensor
}

extension NodeClassifier: Classifier {
  func output(on shown: TrainedModel.Shown, layerwise: Bool) -> NodeOutput {
    if layerwise, let stack = model as? ConvolutionStack {
      return stack.layerwise(on: shown.graph) { rows(of: $0, on: shown) }
    }
    return self(on: shown.graph, features: shown.features)
  }

  func logits(of batch: SampledBatch, on shown: TrainedModel.Shown) -> Tensor {
    guard case .ofOneType(let blocks) = batch.blocks else {
      preconditionFailure("NodeClassifier: a batch of several types")
    }
    return model(rows(of: blocks[0].sourceIDs, on: shown), over: blocks).logits
  }

  /// Input rows of some nodes, of all where nil.
  private func rows(of nodes: [Int32]?, on shown: TrainedModel.Shown) -> Tensor {
    guard let given = shown.features else { return features.features(of: nodes) }
    return nodes.map { given.gathering(rows: $0) } ?? given
  }
}

extension HeteroClassifier: Classifier {
  func output(on shown: TrainedModel.Shown, layerwise: Bool) -> NodeOutput {
    let output = outputs(on: shown)
    return NodeOutput(embedding: output.embeddings[self.target], logits: output.logits)
  }

  /// Output for every node of every type.
  func outputs(on shown: TrainedModel.Shown) -> HeteroOutput {
    guard let graph = shown.heterogeneous else { preconditionFailure("HeteroClassifier: a graph of one type") }
    return model(graph.types.indices.map { rows(of: nil, type: $0, on: shown) }, on: graph)
  }

  func logits(of batch: SampledBatch, on shown: TrainedModel.Shown) -> Tensor {
    guard case .ofSeveralTypes(let blocks) = batch.blocks else {
      preconditionFailure("HeteroClassifier: a batch of one type")
    }
    let inputs = blocks[0].sources.enumerated().map { rows(of: $1.ids, type: $0, on: shown) }
    return model(inputs, over: blocks).logits
  }

  private func rows(of nodes: [Int32]?, type: Int, on shown: TrainedModel.Shown) -> Tensor {
    guard type == target, let given = shown.features else { return features[type].features(of: nodes) }
    return nodes.map { given.gathering(rows: $0) } ?? given
  }
}

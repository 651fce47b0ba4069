import GroveGraphs
import GroveLayers
import GroveTensors

/// Features and a model on them, over one type of node or several.
protocol Classifier: Module {
  /// What it gives for every node that is classified, on what a part of the split is shown.
  ///
  /// - Parameter layerwise: whether memory must not grow with edges times layers, where the model can be walked so.
  func output(on shown: TrainedModel.Shown, layerwise: Bool) -> NodeOutput

  /// Input rows of the sources of a batch, one tensor a type. Each [S, F]
  func inputs(of batch: SampledBatch, on shown: TrainedModel.Shown) -> [Tensor]

  /// Logits of the seeds of a batch from its inputs. [seeds, C]
  func logits(of batch: SampledBatch, from inputs: [Tensor]) -> Tensor
}

extension NodeClassifier: Classifier {
  func output(on shown: TrainedModel.Shown, layerwise: Bool) -> NodeOutput {
    if !Pass.isTraining { tunableFeatures?.refresh() }
    if layerwise, let stack = model as? ConvolutionStack {
      return stack.layerwise(on: shown.graph) { rows(of: $0, on: shown) }
    }
    return self(on: shown.graph, features: shown.features)
  }

  func inputs(of batch: SampledBatch, on shown: TrainedModel.Shown) -> [Tensor] {
    [rows(of: NodeClassifier.blocks(of: batch)[0].sourceIDs, on: shown)]
  }

  func logits(of batch: SampledBatch, from inputs: [Tensor]) -> Tensor {
    model(inputs[0], over: NodeClassifier.blocks(of: batch)).logits
  }

  private static func blocks(of batch: SampledBatch) -> [Block] {
    guard case .ofOneType(let blocks) = batch.blocks else {
      preconditionFailure("NodeClassifier: a batch of several types")
    }
    return blocks
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
    if !Pass.isTraining { tunableFeatures?.refresh() }
    guard let graph = shown.heterogeneous else { preconditionFailure("HeteroClassifier: a graph of one type") }
    return model(graph.types.indices.map { rows(of: nil, type: $0, on: shown) }, on: graph)
  }

  func inputs(of batch: SampledBatch, on shown: TrainedModel.Shown) -> [Tensor] {
    HeteroClassifier.blocks(of: batch)[0].sources.enumerated().map { rows(of: $1.ids, type: $0, on: shown) }
  }

  func logits(of batch: SampledBatch, from inputs: [Tensor]) -> Tensor {
    model(inputs, over: HeteroClassifier.blocks(of: batch)).logits
  }

  private static func blocks(of batch: SampledBatch) -> [HeteroBlock] {
    guard case .ofSeveralTypes(let blocks) = batch.blocks else {
      preconditionFailure("HeteroClassifier: a batch of one type")
    }
    return blocks
  }

  private func rows(of nodes: [Int32]?, type: Int, on shown: TrainedModel.Shown) -> Tensor {
    guard type == target, let given = shown.features else { return features[type].features(of: nodes) }
    return nodes.map { given.gathering(rows: $0) } ?? given
  }
}

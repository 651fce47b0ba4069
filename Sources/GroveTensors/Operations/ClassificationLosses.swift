import GroveKernels

extension Tensor {
  /// Softmax cross-entropy against one class a row, averaged.
  ///
  ///     loss = Σ w[y] · ((1 − s) · −log p[y]) / Σ w[y]  +  s / C · Σ Σ w[c] · −log p[c] / Σ w[y]
  ///
  /// - Shape: self is logits [N, C], N classes → [1, 1].
  /// - Parameters:
  ///   - weights: one a class, 1 where nil.
  ///   - smoothing: s, spread evenly over all classes.
  /// - Precondition: classes are in 0..<C and N > 0.
  /// - Source: the weighted and smoothed form of PyTorch's cross_entropy.
  public func crossEntropy(_ classes: [Int32], weights: [Float]? = nil, smoothing: Float = 0) -> Tensor {
    let (count, width) = (rows, columns)
    precondition(classes.count == count && count > 0, "crossEntropy: \(classes.count) classes for \(shape)")
    precondition(
      weights == nil || weights!.count == width, "crossEntropy: \(weights?.count ?? 0) weights for \(width) classes")
    for label in classes { precondition(label >= 0 && Int(label) < width, "crossEntropy: class \(label) of \(width)") }
    let logProbabilities = FloatBuffer(count: count * width)
    Kernels.softmax(buffer, width: width, logarithm: true, into: logProbabilities)
    let weight = weights ?? [Float](repeating: 1, count: width)
    let weightSum = classes.reduce(0.0) { $0 + Double(weight[Int($1)]) }
    let total = logProbabilities.read { logs in
      var total = 0.0
      for row in 0..<count {
        let label = Int(classes[row])
        total -= Double(1 - smoothing) * Double(weight[label]) * Double(logs[row * width + label])
        guard smoothing > 0 else { continue }
        for c in 0..<width {
          total -= Double(smoothing) / Double(width) * Double(weight[c]) * Double(logs[row * width + c])
        }
      }
      return total / weightSum
    }
    return Tensor([Float(total)], rows: 1, columns: 1).recorded(from: [self]) { [source = origin] gradient, into in
      into.add(to: source) {
        Kernels.crossEntropyBackward(
          logs: logProbabilities, classes: classes, weights: weight, smoothing: smoothing,
          scale: gradient[0] / Float(weightSum), into: $0)
      }
    }
  }

  /// Binary cross-entropy of sigmoids against 0/1 targets, averaged over all entries.
  ///
  /// - Shape: self is logits [N, C], targets [N, C] → [1, 1].
  public func binaryCrossEntropy(_ targets: Tensor, positiveWeights: [Float]? = nil) -> Tensor {
    precondition(targets.shape == shape && shape.count > 0, "binaryCrossEntropy: \(shape) against \(targets.shape)")
    let (count, width) = (rows, columns)
    let positive = positiveWeights ?? [Float](repeating: 1, count: width)
    precondition(positive.count == width, "binaryCrossEntropy: \(positive.count) weights for \(width) classes")
    let target = targets.buffer
    let total = buffer.read { logits in
      target.read { target in
        var total = 0.0
        for row in 0..<count {
          for c in 0..<width {
            let z = logits[row * width + c]
            let y = target[row * width + c]
            // −log σ(z) = softplus(−z); −log(1 − σ(z)) = softplus(z)
            total += Double(positive[c] * y * logOnePlusExponential(-z) + (1 - y) * logOnePlusExponential(z))
          }
        }
        return total / Double(count * width)
      }
    }
    return Tensor([Float(total)], rows: 1, columns: 1).recorded(from: [self]) { gradient, into in
      into.add(to: self) { slot in
        let scale = gradient[0] / Float(count * width)
        self.buffer.read { logits in
          target.read { target in
            slot.write { slot in
              for row in 0..<count {
                for c in 0..<width {
                  let at = row * width + c
                  let p = 1 / (1 + exponential(-logits[at]))
                  slot[at] += scale * ((1 - target[at]) * p - positive[c] * target[at] * (1 - p))
                }
              }
            }
          }
        }
      }
    }
  }
}

import GroveKernels

extension Tensor {
  /// Entry by entry the largest of several tensors of one shape.
  ///
  /// The gradient goes to the first that is largest.
  ///
  /// - Complexity: O(entries of all).
  public static func maximum(_ parts: [Tensor]) -> Tensor {
    precondition(!parts.isEmpty, "maximum: no tensors")
    for part in parts { precondition(part.shape == parts[0].shape, "maximum: \(parts[0].shape) and \(part.shape)") }
    let result = Tensor.result(parts[0].rows, parts[0].columns)
    let count = result.shape.count
    var winners = [Int32](repeating: 0, count: count)
    result.buffer.copy(from: parts[0].buffer)
    for (number, part) in parts.enumerated().dropFirst() {
      let candidates = part.buffer
      result.buffer.write { largest in
        for i in 0..<count where candidates[i] > largest[i] {
          largest[i] = candidates[i]
          winners[i] = Int32(number)
        }
      }
    }
    return result.recorded(from: parts) { gradient, into in
      for (number, part) in parts.enumerated() {
        into.add(to: part) { slot in
          slot.write { sum in for i in 0..<count where winners[i] == number { sum[i] += gradient[i] } }
        }
      }
    }
  }
}

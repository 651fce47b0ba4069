import GroveKernels
import GroveTensors
import TestSupport
import Testing

/// Dropout as an operation.
@Suite("Dropout")
struct DropoutTests {
  static let random = RandomStream(seed: 11)

  private func mask(_ rate: Float, _ row: Int, _ column: Int) -> Double {
    Self.random.bits(row: row, column: column) >= UInt32(Double(rate) * 4_294_967_296) ? 1 / (1 - Double(rate)) : 0
  }

  @Test("Entries are dropped by row id and column, forward and backward", arguments: [0, 1, 2, 7, 64])
  func dropout(rows: Int) {
    let x = [TestInput(rows: rows, columns: 5, seed: 1)]
    let ids = (0..<rows).map { Int32(1000 - 3 * $0) }
    for rate: Float in [0.2, 0.7] {
      expectOperation(
        x, slow: { m in m[0].mapped { $2 * mask(rate, $0, $1) } }, fast: { $0[0].dropout(rate, using: Self.random) })
      expectOperation(
        x, slow: { m in m[0].mapped { $2 * mask(rate, Int(ids[$0]), $1) } },
        fast: { $0[0].dropout(rate, rowIDs: ids, using: Self.random) })
    }
  }

  @Test("An activation and dropout after it, in one pass or two", arguments: [0, 1, 2, 7, 64])
  func afterActivation(rows: Int) {
    let ids = (0..<rows).map { Int32(1000 - 3 * $0) }
    let seed = TestInput(rows: rows, columns: 5, seed: 2).tensor(requiresGradient: false)
    for function in [ElementwiseFunction.relu, .elu(alpha: 0.5)] {
      for rate: Float in [0, 0.7] {
        func run(_ operation: (Tensor) -> Tensor) -> (values: [Float], gradient: [Float]) {
          let x = TestInput(rows: rows, columns: 5, seed: 1).tensor()
          let result = operation(x)
          return (result.values, result.backward(from: seed)[x]?.values ?? [])
        }
        let one = run { $0.applying(function, thenDropping: rate, rowIDs: ids, using: Self.random) }
        let two = run { $0.applying(function).dropout(rate, rowIDs: ids, using: Self.random) }
        #expect(one.values == two.values)
        #expect(difference(one.gradient, two.gradient) <= 1e-6)
        #expect(rows == 0 || rate == 0 || (one.values.contains(0) && one.gradient.contains(0)))
      }
    }
  }

  @Test("A NaN goes through the fused pass")
  func nanStays() {
    let x = Tensor([.nan, .nan, .nan, .nan], rows: 1, columns: 4)
    #expect(x.applying(.relu, thenDropping: 0.5, using: Self.random).values.allSatisfy { $0.isNaN })
  }

  @Test("A row is dropped alike wherever it stands")
  func rowsKeepTheirMask() {
    let x = TestInput(rows: 9, columns: 33, seed: 1).tensor(requiresGradient: false)
    let ids: [Int32] = [7, 2, 2, 0]
    let whole = x.dropout(0.5, using: Self.random).gathering(rows: ids)
    let part = x.gathering(rows: ids).dropout(0.5, rowIDs: ids, using: Self.random)
    #expect(sameBits(whole.values, part.values))
  }

  @Test("Rate 0 is the tensor itself")
  func rateZero() {
    let x = TestInput(rows: 2, columns: 3, seed: 1).tensor()
    #expect(x.dropout(0, using: Self.random) === x)
  }

  @Test("In a pass it drops while training and not while evaluating")
  func passes() {
    let x = TestInput([Float](repeating: 1, count: 200), rows: 10, columns: 20).tensor(requiresGradient: false)
    #expect(x.droppedOut(0.5) === x)
    #expect(Pass.evaluation { x.droppedOut(0.5) } === x)
    let first = Pass.training(seed: 1, step: 0) { x.droppedOut(0.5).values }
    #expect(first.contains(0) && first.contains(2))
    #expect(Pass.training(seed: 1, step: 0) { x.droppedOut(0.5).values } == first)
    #expect(Pass.training(seed: 1, step: 1) { x.droppedOut(0.5).values } != first)
    #expect(Pass.training(seed: 2, step: 0) { x.droppedOut(0.5).values } != first)
    #expect(Pass.training(seed: 1, run: 1, step: 0) { x.droppedOut(0.5).values } != first)
    Pass.training(seed: 1, step: 0) {
      #expect(x.droppedOut(0.5).values == first)
      #expect(x.droppedOut(0.5).values != first)
      #expect(Pass.evaluation { x.droppedOut(0.5) } === x)
      #expect(Pass.withoutRecording { x.droppedOut(0.5).values } != x.values)
    }
  }

  @Test("A rate outside of [0, 1) traps", arguments: ["-0.1", "1", "1.5", "nan"])
  func rateTraps(rate: String) async {
    await #expect(processExitsWith: .failure) { [rate] in
      _ = Tensor([[1]]).dropout(Float(rate)!, using: RandomStream(seed: 1))
    }
  }
}

import Foundation
import GroveKernels
@testable import GroveLayers
@testable import GroveLearning
@testable import GroveTensors
import TestSupport
import Testing

/// Steps of some rows of a table.
@Suite struct RowOptimizerTests {
  /// What each step touches and the gradients of those rows.
  private struct Plan {
    let rows: Int
    let width: Int
    let start: [Float]
    var steps: [(ids: [Int32], gradient: [Float])] = []

    /// Steps of none, of one, of all and of some rows, in no particular order.
    init(rows: Int, width: Int, steps count: Int, seed: Int = 1) {
      var random = TestRandom(seed)
      (self.rows, self.width) = (rows, width)
      start = random.floats(rows * width)
      for step in 0..<count {
        let all = (0..<Int32(rows)).shuffled(using: &random)
        let size = [rows, 1, 0, (rows + 1) / 2][step % 4]
        steps.append((Array(all.prefix(size)), random.floats(min(size, rows) * width)))
      }
    }
  }

  private func table(_ plan: Plan) -> Parameter { Parameter(Tensor(plan.start, rows: plan.rows, columns: plan.width)) }

  private func optimizer(_ kind: OptimizerKind, _ table: Parameter, decay: Float = 0, momentum: Float = 0)
    -> any Optimizer
  {
    kind.make(for: [Named(name: "table", value: table)], decay: decay, momentum: momentum)
  }

  private func step(
    _ optimizer: any Optimizer, _ table: Parameter, _ ids: [Int32], _ gradient: [Float], rate: Float = 0.01
  ) {
    let nodes = DistinctNodes(nodeCount: table.shape.rows)
    nodes.choose(ids)
    let rows = ParameterRows(nodes, of: table)
    #expect(rows.ids == ids)
    let gradients = Gradients()
    if !ids.isEmpty { gradients.add(to: rows.values) { $0.copy(from: FloatBuffer(gradient)) } }
    optimizer.step(gradients, rows: [rows], learningRate: rate)
  }

  /// `torch.optim.SparseAdam` in Double, row by row, with L2 decay of the rows that take part.
  private func sparseAdam(_ plan: Plan, rate: Double, decay: Double) -> [Double] {
    var p = plan.start.map(Double.init)
    var (m, v) = ([Double](repeating: 0, count: p.count), [Double](repeating: 0, count: p.count))
    var t = 0
    for (ids, gradient) in plan.steps where !ids.isEmpty {
      t += 1
      let size = rate * (1 - pow(0.999, Double(t))).squareRoot() / (1 - pow(0.9, Double(t)))
      for (place, id) in ids.enumerated() {
        for k in 0..<plan.width {
          let at = Int(id) * plan.width + k
          let g = Double(gradient[place * plan.width + k]) + decay * p[at]
          m[at] += (g - m[at]) * (1 - 0.9)
          v[at] += (g * g - v[at]) * (1 - 0.999)
          p[at] -= size * m[at] / (v[at].squareRoot() + 1e-8)
        }
      }
    }
    return p
  }

  @Test(arguments: [(0, 3), (1, 1), (2, 16), (7, 5), (64, 33)], [0, 0.05])
  func `rows follow SparseAdam`(shape: (rows: Int, width: Int), decay: Double) {
    let plan = Plan(rows: shape.rows, width: shape.width, steps: 24)
    let table = table(plan)
    let optimizer = optimizer(.adam, table, decay: Float(decay))
    for (ids, gradient) in plan.steps { step(optimizer, table, ids, gradient) }
    #expect(difference(table.value.values, sparseAdam(plan, rate: 0.01, decay: decay)) < 2e-5)
    #expect(optimizer.memory.steps == [plan.steps.count { !$0.ids.isEmpty }])
  }

  @Test(arguments: OptimizerKind.allCases)
  func `rows that take no part stay as they are with all that is remembered of them`(kind: OptimizerKind) {
    let plan = Plan(rows: 9, width: 5, steps: 12)
    let table = table(plan)
    let optimizer = optimizer(kind, table, decay: 0.1, momentum: 0.9)
    for (ids, gradient) in plan.steps {
      let before = [table.value.values] + optimizer.memory.saved.map(\.values.values)
      step(optimizer, table, ids, gradient)
      let after = [table.value.values] + optimizer.memory.saved.map(\.values.values)
      for (old, new) in zip(before, after) {
        for row in 0..<9 {
          let range = row * 5..<(row + 1) * 5
          #expect((old[range] == new[range]) == !ids.contains(Int32(row)), "row \(row) of \(ids)")
        }
      }
    }
  }

  @Test(arguments: OptimizerKind.allCases)
  func `steps of all rows are those of the whole parameter`(kind: OptimizerKind) {
    var random = TestRandom(4)
    let plan = Plan(rows: 40, width: 16, steps: 0)
    let (part, whole) = (table(plan), table(plan))
    let (first, second) = (
      optimizer(kind, part, decay: 0.1, momentum: 0.9), optimizer(kind, whole, decay: 0.1, momentum: 0.9)
    )
    for _ in 0..<5 {
      let gradient = random.floats(plan.start.count)
      step(first, part, (0..<40).map { $0 }, gradient)
      let gradients = Gradients()
      gradients.add(to: whole.value) { $0.copy(from: FloatBuffer(gradient)) }
      second.step(gradients, learningRate: 0.01)
      #expect(sameBits(part.value.values, whole.value.values))
    }
    #expect(part.value.values != plan.start)
  }

  @Test(arguments: [OptimizerKind.adam, .sgd])
  func `an optimizer of rows put back from what was saved goes on as if it had not stopped`(kind: OptimizerKind) {
    let plan = Plan(rows: 7, width: 3, steps: 10)
    func run(stoppingAt stop: Int?) -> [Float] {
      let table = table(plan)
      var optimizer = optimizer(kind, table, decay: 0.01, momentum: 0.9)
      for (number, (ids, gradient)) in plan.steps.enumerated() {
        if number == stop {
          let (saved, steps) = (optimizer.memory.saved, optimizer.memory.steps)
          optimizer = self.optimizer(kind, table, decay: 0.01, momentum: 0.9)
          for entry in saved {
            optimizer.memory.restore(slot: entry.slot, parameter: entry.parameter, values: entry.values.values)
          }
          optimizer.memory.restore(steps: steps)
        }
        step(optimizer, table, ids, gradient)
      }
      return table.value.values
    }
    let whole = run(stoppingAt: nil)
    for stop in 0..<10 { #expect(sameBits(run(stoppingAt: stop), whole), "stopped at \(stop)") }
  }

  @Test func `frozen tables get no gradient, no step and no change`() {
    let plan = Plan(rows: 4, width: 2, steps: 0)
    let table = table(plan)
    table.isTrainable = false
    let optimizer = optimizer(.adam, table)
    step(optimizer, table, [2, 0], [1, 1, 1, 1])
    #expect(table.value.values == plan.start && optimizer.memory.steps == [0])
  }

  @Test func `distinct nodes keep the order in which they were named and know their places`() {
    let nodes = DistinctNodes(nodeCount: 6)
    for _ in 0..<2 {
      nodes.choose([4, 1, 4], [1, 0])
      #expect(nodes.ids == [4, 1, 0] && nodes.places(of: [0, 0, 4, 1]) == [2, 2, 0, 1])
      nodes.choose()
      #expect(nodes.ids.isEmpty && nodes.places(of: []).isEmpty)
    }
  }

  @Test func `nodes that were not chosen have no place`() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let nodes = DistinctNodes(nodeCount: 6)
      nodes.choose([4, 1])
      _ = nodes.places(of: [5])
    }
    expectTrapMessage(result, mentions: ["node 5", "2 chosen"])
  }
}

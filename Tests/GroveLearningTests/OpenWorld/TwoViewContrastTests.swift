@testable import GroveLearning
import GroveTensors
import TestSupport
import Testing

/// The contrastive loss of two views, as the equations and as OpenIMA's code have it.
@Suite struct TwoViewContrastTests {
  private func losses(
    _ first: [[Float]], _ second: [[Float]], classes: [Int32]? = nil, temperature: Float
  ) -> (plain: Float, scaled: Float) {
    let (a, b) = (Tensor(first), Tensor(second))
    return (
      TwoViewContrast(temperature: temperature)(a, b, classes: classes).scalar,
      TwoViewContrast(temperature: temperature, baseTemperature: 0.07)(a, b, classes: classes).scalar
    )
  }

  @Test func `C-1: two orthogonal nodes, each its own class`() {
    let nodes: [[Float]] = [[1, 0], [0, 1]]
    let cold = losses(nodes, nodes, temperature: 0.7)
    #expect(difference([cold.plain, cold.scaled], [0.39157040417, 3.9157040417]) < 1e-4)
    #expect(difference([cold.plain], [0.39157040417]) < 1e-4)
    let warm = losses(nodes, nodes, temperature: 1)
    #expect(difference([warm.plain], [0.55144471393]) < 1e-4 && difference([warm.scaled], [7.8777816276]) < 1e-4)
    let same = losses(nodes, nodes, temperature: 0.07)
    // A difference of two numbers of size 14 in float: what is left is rounding.
    #expect(abs(Double(same.plain) - 1.24975e-6) < 14 * 1.2e-7 && same.plain == same.scaled)
  }

  @Test func `C-2: two nodes of one class`() {
    let nodes: [[Float]] = [[1, 0], [0, 1]]
    let found = losses(nodes, nodes, classes: [0, 0], temperature: 0.7)
    #expect(difference([found.plain], [1.34395135656]) < 1e-4 && difference([found.scaled], [13.4395135656]) < 1e-4)
  }

  private let first: [[Float]] = [[1, 0], [0.6, 0.8], [-1, 0]]
  private let second: [[Float]] = [[0.6, 0.8], [1, 0], [-1, 0]]

  @Test func `C-3: two nodes of one class and a third`() {
    let found = losses(first, second, classes: [0, 0, 5], temperature: 0.7)
    #expect(difference([found.plain], [0.8979012852]) < 1e-4 && difference([found.scaled], [8.9790128516]) < 1e-4)
    let own = losses(first, second, temperature: 0.7)
    #expect(difference([own.plain], [1.0248854121]) < 1e-4 && difference([own.scaled], [10.2488541214]) < 1e-4)
  }

  @Test func `C-4: the gradient for the first vector, and ten times it with the factor`() throws {
    for (base, factor) in [(nil, 1), (0.07, 10)] as [(Float?, Double)] {
      let a = Tensor(first, requiresGradient: true)
      let loss = TwoViewContrast(temperature: 0.7, baseTemperature: base)(a, Tensor(second), classes: [0, 0, 5])
      let gradient = try #require(loss.backward()[a]).values
      #expect(difference(Array(gradient[..<2]), [-0.0289046072 * factor, -0.0658934176 * factor]) < 1e-4)
    }
  }

  @Test func `C-5: equal vectors cost the logarithm of their number, less one`() {
    let four = [[Float]](repeating: [0.6, 0.8], count: 4)
    for temperature in [0.07, 0.7, 1] as [Float] {
      #expect(difference([losses(four, four, temperature: temperature).plain], [1.9459101491]) < 1e-4)
    }
    let many = Tensor([[Float]](repeating: [0.6, 0.8], count: 2048))
    let loss = TwoViewContrast(temperature: 0.7, baseTemperature: 0.07)(many, many).scalar
    #expect(difference([loss], [83.175219963]) < 1e-4)
  }

  @Test func `C-6: classes of one node each are InfoNCE, views may be swapped, and one node costs nothing`() {
    let own = losses(first, second, temperature: 0.7).plain
    #expect(losses(first, second, classes: [8, 3, 5], temperature: 0.7).plain == own)
    #expect(difference([losses(second, first, temperature: 0.7).plain], [Double(own)]) < 1e-6)
    let one = losses([[0.6, 0.8]], [[1, 0]], temperature: 0.7)
    #expect(one.plain == 0 && one.scaled == 0)
    let sharp = losses(first, second, classes: [0, 0, 5], temperature: 0.01)
    #expect(sharp.plain.isFinite && sharp.scaled.isFinite)
  }

  @Test func `views of different shapes trap`() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = TwoViewContrast(temperature: 1)(Tensor([[1, 2]]), Tensor([[1], [2]]))
    }
    expectTrapMessage(result, mentions: ["TwoViewContrast"])
  }
}

import GroveKernels
import TestSupport
import Testing

/// Buffers and the pool behind them.
@Suite("Float buffer")
struct FloatBufferTests {
  @Test("A buffer keeps what was written, at any size", arguments: [0, 1, 2, 7, 15, 16, 17, 64, 1000])
  func keepsNumbers(count: Int) {
    let values = (0..<count).map(Float.init)
    let buffer = FloatBuffer(values)
    #expect(buffer.count == count)
    #expect(buffer.values == values)
    #expect(buffer.read { $0.count } == count)
    buffer.write { for i in 0..<$0.count { $0[i] += 1 } }
    #expect(buffer.values == values.map { $0 + 1 })
    let copy = FloatBuffer(count: count)
    copy.copy(from: buffer)
    buffer.clear()
    #expect(buffer.values == [Float](repeating: 0, count: count))
    #expect(copy.values == values.map { $0 + 1 })
  }

  @Test("Memory is aligned to 64 bytes")
  func aligned() {
    for count in 1..<40 {
      let buffer = FloatBuffer(count: count)
      let address = buffer.readBytes { UInt(bitPattern: $0.baseAddress) }
      #expect(address % 64 == 0)
    }
  }

  @Test("A zeroed buffer is zero even where the pool hands out used memory")
  func zeroedAfterUse() {
    for _ in 0..<50 {
      _ = FloatBuffer([Float](repeating: 7, count: 333))
      #expect(FloatBuffer(count: 333, zeroed: true).values.allSatisfy { $0 == 0 })
    }
  }

  @Test("Two living buffers never share memory, also when sizes round to the same pool")
  func noSharing() {
    var random = TestRandom(2)
    var living: [(buffer: FloatBuffer, mark: Float)] = []
    for round in 0..<4000 {
      let buffer = FloatBuffer(count: [5, 16, 17, 30, 32, 33][Int.random(in: 0..<6, using: &random)])
      buffer.write { for i in 0..<$0.count { $0[i] = Float(round) } }
      living.append((buffer, Float(round)))
      if living.count > 20 { living.remove(at: Int.random(in: 0..<living.count, using: &random)) }
      if round % 50 == 0 {
        #expect(living.allSatisfy { entry in entry.buffer.values.allSatisfy { $0 == entry.mark } })
      }
    }
  }

  @Test("Two threads never get the same memory")
  func noSharingBetweenThreads() async {
    await withTaskGroup(of: Bool.self) { group in
      for task in 0..<4 {
        group.addTask {
          (0..<3000).allSatisfy { round in
            let mark = Float(task * 10_000 + round)
            let buffers = (0..<3).map { _ in FloatBuffer([Float](repeating: mark, count: 48)) }
            return buffers.allSatisfy { $0.values.allSatisfy { $0 == mark } }
          }
        }
      }
      for await isOwn in group { #expect(isOwn) }
    }
  }

  @Test("The first number that is not finite is found")
  func firstNonFinite() {
    #expect(FloatBuffer([1, 2, 3]).firstNonFinite == nil)
    #expect(FloatBuffer([1, .infinity, .nan]).firstNonFinite == 1)
    #expect(FloatBuffer([1, 2, -.infinity]).firstNonFinite == 2)
    #expect(FloatBuffer([.nan]).firstNonFinite == 0)
  }

  @Test("An index outside and a copy of another size trap")
  func mistakesTrap() async {
    await #expect(processExitsWith: .failure) { _ = FloatBuffer(count: 3)[3] }
    await #expect(processExitsWith: .failure) { FloatBuffer(count: 3)[-1] = 1 }
    await #expect(processExitsWith: .failure) { FloatBuffer(count: 3).copy(from: FloatBuffer(count: 4)) }
    await #expect(processExitsWith: .failure) { _ = FloatBuffer(count: -1) }
  }
}

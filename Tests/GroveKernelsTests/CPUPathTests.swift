import GroveKernels
import Testing

/// The choice of an instruction set.
@Suite("CPU path")
struct CPUPathTests {
  @Test("The portable path is always there, and the one in use is among those available")
  func available() {
    #expect(CPUPath.available.first == "portable")
    #expect(CPUPath.available.contains(CPUPath.name))
    #expect(CPUPath.available == KernelPath.all.map(\.name))
  }

  @Test("Paths that exist pass the check, and no wish does too")
  func checkPasses() throws {
    try CPUPath.check(nil)
    try CPUPath.check("")
    for path in CPUPath.available { try CPUPath.check(path) }
  }

  @Test(
    "An unknown path is a failure that names it and those that there are", arguments: ["sse9", "AVX2", "portable "])
  func checkFails(name: String) {
    let failure = #expect(throws: CPUPathFailure.self) { try CPUPath.check(name) }
    #expect(failure?.requested == name && failure?.kind == .usage)
    #expect(failure?.description.contains("GROVE_CPU=\(name)") == true)
    #expect(failure?.description.contains("portable") == true)
  }
}

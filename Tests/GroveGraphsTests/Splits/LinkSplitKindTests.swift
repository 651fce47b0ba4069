import GroveGraphs
import Testing

@Suite struct LinkSplitKindTests {
  @Test(arguments: [
    ("links:.05,.1", 0.05, 0.1, LinkSplitKind.Negatives.uniform), ("links:0,.5", 0, 0.5, .uniform),
    ("links:0.1,0.2,hard", 0.1, 0.2, .hard), ("links:.1,.2,all", 0.1, 0.2, .all),
    ("links:.1,.2,uniform", 0.1, 0.2, .uniform),
  ])
  func `words are read, and written so that they are read back`(
    text: String, validation: Double, test: Double, negatives: LinkSplitKind.Negatives
  ) throws {
    let kind = try LinkSplitKind(parsing: text)
    #expect(kind == LinkSplitKind(validation: validation, test: test, negatives: negatives))
    #expect(try LinkSplitKind(parsing: "\(kind)") == kind)
    #expect(LinkSplitKind.isMeant(by: text))
  }

  @Test(arguments: [
    "links", "links:", "links:.1", "links:.5,.5", "links:-.1,.2", "links:.1,0", "links:.1,.2,near", "links:.1,.2,",
    "links:a,b", "links:nan,.2", "fraction:.1,.2",
  ])
  func `other words are refused with what to write`(text: String) {
    #expect(throws: LinkSplitFailure.unknownKind(text)) { try LinkSplitKind(parsing: text) }
    #expect("\(LinkSplitFailure.unknownKind(text))".contains("links:.05,.1"))
  }

  @Test func `negatives are a hundred, or a quarter of the nodes, near ones an even number`() throws {
    func plan(_ text: String, _ targets: Int) throws -> NegativePlan {
      try LinkSplitKind(parsing: text).plan(targetCount: targets).negatives
    }
    #expect(try plan("links:.1,.2", 1000) == .uniform(perPositive: 100))
    #expect(try plan("links:.1,.2", 40) == .uniform(perPositive: 10))
    #expect(try plan("links:.1,.2", 3) == .uniform(perPositive: 1))
    #expect(try plan("links:.1,.2,hard", 44) == .hard(HardNegativeOptions(perPositive: 10)))
    #expect(try plan("links:.1,.2,hard", 3) == .hard(HardNegativeOptions(perPositive: 2)))
    #expect(try plan("links:.1,.2,all", 1000) == .none)
  }
}

import GroveGraphs
import Testing

/// The rules of cli.md, "Splits".
@Suite struct SplitSelectionTests {
  private static let published = (0..<10).map { "published_\($0)" }
  private static let random = ["random_0", "random_1", "random_2", "random_10"]

  @Test(arguments: [
    (["anything"], ["anything"]),
    (["published_20"], ["published_20"]),
    (["openworld_0", "anything"], ["anything"]),
    (["public", "random_0", "random_1"], ["public"]),
    (["a", "public"], ["public"]),
    (published + ["public"], ["public"]),
    (published, published),
    (published + random, published),
    (["published_3", "published_7", "other"], ["published_3", "published_7"]),
    (random, random),
    (["openworld_0"] + random, random),
    (["other"] + random, random),
    (["split_0", "split_1"], ["split_0", "split_1"]),
    (["random_0", "split_0"], ["random_0", "split_0"]),
  ]) func `the default splits are those of the contract`(names: [String], expected: [String]) {
    #expect(SplitSelection.defaults(among: names) == expected)
  }

  @Test(arguments: [
    [], ["published_20", "published_40"], ["a", "b"], ["openworld_0"], ["openworld_0", "openworld_1"],
    ["openworld_0", "a", "b"], ["published_10", "published_11"], ["publicly", "publish"],
  ]) func `where nothing is the default one must be named`(names: [String]) {
    #expect(SplitSelection.defaults(among: names).isEmpty)
  }
}

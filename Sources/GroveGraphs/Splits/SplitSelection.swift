/// Which splits a training takes when none is named.
public enum SplitSelection {
  /// The default among a graph's split names, in natural order: the only one; else `public`; else `published_0` …
  /// `published_9`; else `random_*` and `split_*`.
  ///
  /// Open-world splits are for open-world tasks and never count.
  ///
  /// - Returns: names that runs take in turn; empty where nothing is a default and one must be named.
  public static func defaults(among names: [String]) -> [String] {
    let candidates = names.filter { !$0.hasPrefix("openworld_") }
    if candidates.count == 1 { return candidates }
    if candidates.contains("public") { return ["public"] }
    let published = (0...9).map { "published_\($0)" }.filter(candidates.contains)
    if !published.isEmpty { return published }
    return candidates.filter { $0.hasPrefix("random_") || $0.hasPrefix("split_") }
  }
}

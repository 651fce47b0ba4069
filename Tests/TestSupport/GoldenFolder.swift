import Foundation

/// The cases of the golden folder, and which suite answers for which.
///
/// Each suite enumerates the whole folder: it checks its own cases, passes over those of the other, and fails on a
/// name that is in none of these lists.
public enum GoldenFolder {
  /// Checked by `GoldenTests` of GroveLayers.
  public static let layers: Set<String> = [
    "appnp", "arma", "batch-norm", "cheb-3", "gat-1head", "gat-concat", "gat-mean", "gatv2", "gcn", "gcn-own-loops",
    "gcn-weighted", "gcnii", "gcnii-two-weights", "gin", "graph-norm", "graphconv", "layer-norm-node", "pair-norm",
    "rgcn", "rgcn-bases", "sage-max", "sage-mean", "sage-normalized", "sgc-2", "tag-2", "transformer",
  ]

  /// Checked by `GoldenHeteroTests` of GroveLayers.
  public static let heterogeneousLayers: Set<String> = ["han", "hgt"]

  /// Checked by `GoldenTests` of GroveLayers too: the losses are operations of GroveTensors.
  public static let losses: Set<String> = [
    "bce-logits", "cross-entropy", "cross-entropy-smoothed", "info-nce", "sup-con",
  ]

  /// Checked by `GoldenOptimizerTests` of GroveLearning.
  public static let optimizers: Set<String> = ["adam-l2", "adamw", "sgd-momentum"]

  /// Every name that some suite answers for.
  public static var known: Set<String> { layers.union(heterogeneousLayers).union(losses).union(optimizers) }

  /// The folder, or nil (with one loud line) where there is none.
  public static let path: String? = {
    var isFolder: ObjCBool = false
    if let path = SharedData.goldenFolder, FileManager.default.fileExists(atPath: path, isDirectory: &isFolder),
      isFolder.boolValue
    {
      return path
    }
    FileHandle.standardError.write(
      Data("SKIPPED: no golden vectors at \(SharedData.goldenFolder ?? "../shared/golden"); set GROVE_GOLDEN\n".utf8))
    return nil
  }()

  /// Whether there are golden vectors to check against.
  public static var isPresent: Bool { path != nil }

  /// Names of the cases, in order; empty where the folder holds none.
  public static let caseNames: [String] = {
    let files = path.flatMap { try? FileManager.default.contentsOfDirectory(atPath: $0) } ?? []
    return files.filter { $0.hasSuffix(".json") }.map { String($0.dropLast(5)) }.sorted()
  }()

  /// The case of that name.
  public static func load(_ name: String) throws -> GoldenCase { try GoldenCase(named: name, in: path ?? "") }
}

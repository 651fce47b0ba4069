import Foundation

/// Where the shared test data lies: `GROVE_SHARED`, else `../shared` beside the project.
public enum SharedData {
  /// The folder, or nil where it is missing; suites that need it are then skipped.
  public static let root: String? = {
    let environment = ProcessInfo.processInfo.environment
    let beside = URL(fileURLWithPath: #filePath).deletingLastPathComponent()  // Tests/TestSupport
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("shared").path
    let path = environment["GROVE_SHARED"] ?? beside
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue else {
      FileHandle.standardError.write(Data("SKIPPED: no shared data at \(path); set GROVE_SHARED\n".utf8))
      return nil
    }
    return path
  }()

  /// Whether there is shared data to test with.
  public static var isPresent: Bool { root != nil }

  /// A folder of the shared graphs.
  public static func graph(_ name: String) -> String { "\(root ?? "")/data/graphs/\(name)" }

  /// The golden vectors: `GROVE_GOLDEN`, else those of the shared folder.
  public static var goldenFolder: String? {
    ProcessInfo.processInfo.environment["GROVE_GOLDEN"] ?? root.map { "\($0)/golden/vectors" }
  }
}

/// A folder of its own for one test, removed with the value that holds it.
public final class ScratchFolder: Sendable {
  /// Where the folder lies, in the system's temporary folder.
  public let path: String

  /// Makes an empty folder under a name that nothing else has.
  public init() throws {
    path = FileManager.default.temporaryDirectory.appendingPathComponent("grove-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Path of a file of that name in the folder, whether it exists or not.
  public func file(_ name: String) -> String { "\(path)/\(name)" }
}

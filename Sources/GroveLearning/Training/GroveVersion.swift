/// The version of the project, as manifests and `grove version` give it.
public enum GroveVersion {
  /// Major, minor and patch number, joined by dots.
  public static let current = "0.1.0"
}

import CArchive
import CSimdJSON
import CXXHash
import GRDBSQLite

/// The libraries under the store, for `grove version`.
public enum StoreLibraries {
  /// The version of each, as the library that runs tells it.
  public static var versions: [String: String] {
    [
      "SQLite": String(cString: sqlite3_libversion()),
      "libarchive": String(cString: grove_archive_version()),
      "simdjson": String(cString: grove_json_version()),
      "xxHash": xxHash,
    ]
  }

  /// XXH_VERSION_NUMBER is major · 10⁴ + minor · 10² + release.
  private static var xxHash: String {
    let number = grove_hash_version()
    return "\(number / 10_000).\(number / 100 % 100).\(number % 100)"
  }
}

import CKernels
import Foundation

/// Asks the system to begin writing a file to the disk, so that `fsync` has little left to wait for.
///
/// A hint: nothing depends on it, and failures show in `fsync`.
enum WriteBack {
  /// Begins with what was written through an open file, or through others to the same.
  static func begin(_ descriptor: Int32) { grove_begin_write_back(descriptor) }

  /// Begins with the file at `path`.
  static func begin(at path: String) {
    let descriptor = open(path, O_WRONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    begin(descriptor)
    close(descriptor)
  }
}

import Foundation
import GroveKernels
import TestSupport

/// A file system of so many KiB; nil, said loudly, where none can be mounted.
final class SmallDisk {
  let path: String
  private let scratch: ScratchFolder

  init?(kibibytes: Int) throws {
    scratch = try ScratchFolder()
    path = scratch.file("disk")
    try AtomicFile.makeFolder(path)
    let words = ["-t", "tmpfs", "-o", "size=\(kibibytes)k", "tmpfs", path]
    let result = geteuid() == 0 ? try? RunningCommand("mount", words, in: "/tmp").wait() : nil
    guard result?.code == 0 else {
      FileHandle.standardError.write(
        Data("SKIPPED: no small file system can be mounted here, so no disk fills up\n".utf8))
      return nil
    }
  }

  func file(_ name: String) -> String { "\(path)/\(name)" }

  /// Takes all space that is left but so many bytes.
  func fill(leaving left: Int = 0) throws {
    let descriptor = open(file("filler"), O_WRONLY | O_CREAT, 0o644)
    defer { close(descriptor) }
    let block = [UInt8](repeating: 1, count: 4096)
    while write(descriptor, block, block.count) > 0 {}
    let size = lseek(descriptor, 0, SEEK_END)
    ftruncate(descriptor, max(0, size - off_t(left)))
  }

  func free() throws { try FileManager.default.removeItem(atPath: file("filler")) }

  deinit { _ = try? RunningCommand("umount", ["-l", path], in: "/tmp").wait() }
}

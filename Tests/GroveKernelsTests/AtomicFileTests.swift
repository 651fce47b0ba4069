import Foundation
import GroveKernels
import TestSupport
import Testing

/// Files appear whole or not at all.
@Suite("Atomic file")
struct AtomicFileTests {
  private struct Interruption: Error {}

  private func text(_ path: String) throws -> String { try String(contentsOfFile: path, encoding: .utf8) }

  @Test("What is written is read back, and no temporary is left", arguments: [0, 1, 65_535, 65_536, 65_537, 300_000])
  func writesBack(size: Int) throws {
    let folder = try ScratchFolder()
    let bytes = Data((0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) })
    try AtomicFile.write(bytes, to: folder.file("a"))
    #expect(try Data(contentsOf: URL(fileURLWithPath: folder.file("a"))) == bytes)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["a"])
  }

  @Test("Many small pieces, texts and large blocks arrive in order")
  func piecesInOrder() throws {
    let folder = try ScratchFolder()
    var expected = Data()
    try AtomicFile.write(to: folder.file("a")) { sink in
      for piece in 0..<5000 {
        let line = "piece \(piece)\n"
        try sink.write(line)
        expected.append(contentsOf: line.utf8)
        if piece % 1000 == 0 {
          let block = [UInt8](repeating: UInt8(piece / 1000), count: 70_000)
          try sink.write(block)
          expected.append(contentsOf: block)
          try sink.write(block.reversed().prefix(3))
          expected.append(contentsOf: block.prefix(3))
        }
      }
    }
    #expect(try Data(contentsOf: URL(fileURLWithPath: folder.file("a"))) == expected)
  }

  @Test("A body that throws leaves the old file and no temporary", arguments: [0, 10, 200_000])
  func throwingBody(written: Int) throws {
    let folder = try ScratchFolder()
    try AtomicFile.write("old", to: folder.file("a"))
    #expect(throws: Interruption.self) {
      try AtomicFile.write(to: folder.file("a")) { sink in
        try sink.write([UInt8](repeating: 1, count: written))
        throw Interruption()
      }
    }
    #expect(try text(folder.file("a")) == "old")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["a"])
  }

  @Test("A body that throws where there was no file leaves nothing")
  func throwingBodyWithoutOldFile() throws {
    let folder = try ScratchFolder()
    #expect(throws: Interruption.self) { try AtomicFile.write(to: folder.file("a")) { _ in throw Interruption() } }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
  }

  @Test("A new file replaces an old one, longer or shorter")
  func replaces() throws {
    let folder = try ScratchFolder()
    for content in ["first", "a much longer second content", "3"] {
      try AtomicFile.write(content, to: folder.file("a"))
      #expect(try text(folder.file("a")) == content)
    }
  }

  @Test(
    "A folder that cannot be written into is reported as such, with the path", arguments: ["missing", "file", "system"])
  func unwritableFolder(kind: String) throws {
    let folder = try ScratchFolder()
    try AtomicFile.write("x", to: folder.file("file"))
    let path = kind == "system" ? "/proc/grove/a" : folder.file("\(kind)/a")
    let failure = #expect(throws: FileFailure.self) { try AtomicFile.write("y", to: path) }
    guard case .cannotCreate(let named, let code) = try #require(failure) else {
      Issue.record("\(String(describing: failure))")
      return
    }
    #expect(named == path)
    #expect(code == (kind == "file" ? ENOTDIR : ENOENT))
    #expect(failure?.kind == .cannotCreate)
    #expect(failure?.description.contains(path) == true)
  }

  @Test("A place taken by a folder is a failed write, and the folder stays")
  func placeTakenByFolder() throws {
    let folder = try ScratchFolder()
    try AtomicFile.makeFolder(folder.file("a/b"))
    let failure = #expect(throws: FileFailure.self) { try AtomicFile.write("y", to: folder.file("a")) }
    #expect(failure?.kind == .inputOutput)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["a"])
    #expect(FileManager.default.fileExists(atPath: folder.file("a/b")))
  }

  @Test("Folders are made with those above them, and may exist")
  func makeFolder() throws {
    let folder = try ScratchFolder()
    try AtomicFile.makeFolder(folder.file("a/b/c"))
    try AtomicFile.makeFolder(folder.file("a/b/c"))
    try AtomicFile.write("x", to: folder.file("file"))
    let failure = #expect(throws: FileFailure.self) { try AtomicFile.makeFolder(folder.file("file/b")) }
    #expect(failure?.kind == .cannotCreate)
  }

  @Test("SHA-256 of known messages, of bytes and of files")
  func checksum() throws {
    let folder = try ScratchFolder()
    // FIPS 180-2, appendix B, and the empty message.
    let known = [
      "": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
      "abc": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq":
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
      String(repeating: "a", count: 1_000_000): "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0",
    ]
    for (message, sum) in known {
      #expect(Checksum.sha256(Data(message.utf8)) == sum)
      try AtomicFile.write(message, to: folder.file("a"))
      #expect(try Checksum.sha256(ofFile: folder.file("a")) == sum)
    }
    // Longer than one piece of reading.
    let long = Data((0..<3_000_000).map { UInt8(truncatingIfNeeded: $0) })
    try AtomicFile.write(long, to: folder.file("long"))
    #expect(try Checksum.sha256(ofFile: folder.file("long")) == Checksum.sha256(long))
    #expect(throws: FileFailure.missing(path: folder.file("none"))) {
      try Checksum.sha256(ofFile: folder.file("none"))
    }
  }

  @Test("Failures say what happened and what to do, with the exit code of their kind")
  func failureTexts() {
    let failures: [(FileFailure, FailureKind)] = [
      (.missing(path: "p"), .missingInput), (.unreadable(path: "p", code: EACCES), .missingInput),
      (.cannotCreate(path: "p", code: EACCES), .cannotCreate), (.cannotWrite(path: "p", code: ENOSPC), .inputOutput),
    ]
    for (failure, kind) in failures {
      #expect(failure.kind == kind)
      #expect(failure.description.hasPrefix("p: ") && failure.description.contains(";"))
    }
    #expect(FileFailure.cannotWrite(path: "p", code: ENOSPC).description.contains("no space left on device"))
  }
}

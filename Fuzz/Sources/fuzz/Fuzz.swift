import Foundation

@testable import GroveStore

/// The entry that GROVE_FUZZ_ENTRY names.
private let read: @Sendable ([UInt8]) -> Bool = {
  let name = ProcessInfo.processInfo.environment["GROVE_FUZZ_ENTRY"] ?? ""
  guard let entry = FormatFuzzing.all.first(where: { $0.name == name }) else {
    let names = FormatFuzzing.all.map(\.name).joined(separator: ", ")
    FileHandle.standardError.write(Data("fuzz: set GROVE_FUZZ_ENTRY to one of \(names)\n".utf8))
    exit(64)
  }
  return entry.read
}()

/// What libFuzzer calls.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  _ = read(Array(UnsafeBufferPointer(start: start, count: count)))
  return 0
}

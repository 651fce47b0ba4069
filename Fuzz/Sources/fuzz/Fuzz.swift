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

private typealias Arguments = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>

/// What libFuzzer calls.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  _ = read(Array(UnsafeBufferPointer(start: start, count: count)))
  return 0
}

@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
  _ count: UnsafeMutablePointer<CInt>, _ arguments: UnsafeMutablePointer<Arguments>,
  _ test: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

/// The program's start, which the package manager names so.
@_cdecl("fuzz_main")
public func start(_ count: CInt, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> CInt {
  var (count, arguments) = (count, arguments)
  return runDriver(&count, &arguments, testOneInput)
}

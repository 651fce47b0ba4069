public import Testing

/// Checks that a trap said what it should.
///
/// The compiler leaves `precondition` messages out of optimised builds, so that this looks at debug builds only; that
/// the process ended is checked by the exit test itself.
public func expectTrapMessage(
  _ result: ExitTest.Result?, mentions parts: [String], sourceLocation: SourceLocation = #_sourceLocation
) {
  #if DEBUG
    guard let result else { return }
    let text = String(decoding: result.standardErrorContent, as: UTF8.self)
    for part in parts { #expect(text.contains(part), "\(text)", sourceLocation: sourceLocation) }
  #endif
}

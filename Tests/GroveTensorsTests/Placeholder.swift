import Testing
@Suite struct PlaceholderTests { @Test("one is one") func one() { #expect(1 == 1) } }

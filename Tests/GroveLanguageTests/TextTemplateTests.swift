import GroveKernels
import GroveLanguage
import TestSupport
import Testing

/// Texts out of fields.
@Suite struct TextTemplateTests {
  @Test func `Fields stand one after the other; what a node lacks is left out with its blank`() {
    let template = TextTemplate(fields: ["title", "abstract", "venue"])
    #expect(template.fields == ["title", "abstract", "venue"])
    #expect(template.text(of: ["T", "A", "V"]) == "T A V")
    #expect(template.text(of: ["T", nil, "V"]) == "T V")
    #expect(template.text(of: [nil, "A", "V"]) == "A V")
    #expect(template.text(of: [nil, nil, "V"]) == "V")
    #expect(template.text(of: ["T", nil, nil]) == "T")
    #expect(template.text(of: [nil, nil, nil]) == nil)
    #expect(TextTemplate(fields: ["title"]).text(of: ["T"]) == "T")
  }

  @Test func `An empty field is there`() {
    #expect(TextTemplate(fields: ["a", "b"]).text(of: ["", nil]) == "")
  }

  @Test func `A pattern keeps its words between fields that are there`() throws {
    let template = try TextTemplate("{title}. {abstract}")
    #expect(template.fields == ["title", "abstract"])
    #expect(template.text(of: ["T", "A"]) == "T. A")
    #expect(template.text(of: ["T", nil]) == "T")
    #expect(template.text(of: [nil, "A"]) == "A")
    #expect(template.text(of: [nil, nil]) == nil)
    #expect(try TextTemplate("Paper: {title}!").text(of: ["T"]) == "Paper: T!")
    #expect(try TextTemplate("{a}{b}").text(of: ["1", "2"]) == "12")
  }

  @Test func `A field may stand twice and is read once`() throws {
    let template = try TextTemplate("{b}, {a}, {b}")
    #expect(template.fields == ["b", "a"])
    #expect(template.text(of: ["B", "A"]) == "B, A, B")
    #expect(template.text(of: ["B", nil]) == "B, B")
  }

  @Test func `Values with braces are not read as fields`() throws {
    #expect(try TextTemplate("{a} {b}").text(of: ["{b}", "}"]) == "{b} }")
    #expect(try TextTemplate("é 日本 {a}").text(of: ["ü"]) == "é 日本 ü")
  }

  @Test(arguments: [
    ("", "names no field"), ("title", "names no field"), ("{title", "open"), ("{a} {", "open"),
    ("{}", "without a field"),
    ("{a}{}", "without a field"),
  ]) func `A pattern that cannot be is refused`(pattern: String, reason: String) throws {
    let failure = #expect(throws: EncoderFailure.self) { _ = try TextTemplate(pattern) }
    #expect(failure?.kind == .usage)
    #expect(failure?.description.contains("'\(pattern)'") == true && failure?.description.contains(reason) == true)
  }

  @Test func `Another number of values traps`() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = TextTemplate(fields: ["a", "b"]).text(of: ["1"])
    }
    expectTrapMessage(result, mentions: ["1 values", "2 fields"])
  }
}

import Foundation
import GroveGraphs
import GroveKernels
import TestSupport
import Testing

@testable import GroveStore

/// Checks 21 and 29 of the formats' conformance list, and the drift of OpenAlex's records.
@Suite struct OpenAlexImportTests {
  private static func work(_ id: String, _ more: String = "") -> String {
    "{\"id\":\"https://openalex.org/\(id)\",\"display_name\":\"Work \(id)\",\"publication_year\":2020\(more)}"
  }

  /// Check 21.
  @Test func `addresses, plain ids and lower case are one id`() throws {
    let imported = try ImportedDump(
      [
        Self.work("W12"), "{\"id\":\"w12\",\"display_name\":\"again\"}",
        Self.work("W13", ",\"referenced_works\":[\"https://openalex.org/W12\",\"W12\",\"w12\",\"W99\"]"),
      ].joined(separator: "\n\n"))
    #expect(imported.report.format == "openalex" && imported.report.bad == 0)
    #expect(try imported.ids() == ["W12", "W13"] && imported.edges() == ["W13 W12"])
    #expect(imported.report.duplicates == 1 && imported.report.dangling == 1 && imported.report.duplicateEdges == 2)
  }

  /// Check 21.
  @Test func `merged works go and what cites them cites their targets, deleted ones take their edges along`() throws {
    let imported = try ImportedDump([
      (
        "merged_works.csv",
        "merge_date,id,merge_into_id\n2024-01-01,W1,W2\n2024-01-02,https://openalex.org/W2,https://openalex.org/W3\n2024-01-03,W7,W4285719527\n2024-01-03,W8,W8\n"
      ),
      (
        "works.jsonl",
        [
          Self.work("W1", ",\"referenced_works\":[\"W4\"]"), Self.work("W3"),
          Self.work("W4", ",\"referenced_works\":[\"W1\",\"W7\",\"W2\"]"),
          Self.work("W5", ",\"referenced_works\":[\"W3\",\"W2\"]"), Self.work("W7"), Self.work("W8"),
        ].joined(separator: "\n")
      ),
    ])
    #expect(try imported.ids() == ["W3", "W4", "W5", "W8"])
    #expect(try imported.edges() == ["W4 W3", "W5 W3"])
    #expect(imported.report.merged == 2 && imported.report.duplicates == 0 && imported.report.dangling == 0)
    #expect(imported.report.warnings == ["1 references led to deleted papers and were left out"])
    #expect(
      try GraphStore(imported.scratch.file("store")).texts(of: 0, type: AcademicSchema.paper)["title"] == "Work W3")
  }

  @Test func `merged authors, sources and institutions give their edges away`() throws {
    func authorship(_ author: String, _ institution: String) -> String {
      "{\"author\":{\"id\":\"https://openalex.org/\(author)\",\"display_name\":\"\(author)\"},\"institutions\":[{\"id\":\"\(institution)\",\"display_name\":\"\(institution)\"}]}"
    }
    let imported = try ImportedDump([
      ("merged_authors.csv", "merge_date,id,merge_into_id\n2024-01-01,A1,A2\n2024-01-01,I1,I2\n2024-01-01,S1,S2\n"),
      (
        "authors.jsonl",
        "{\"id\":\"https://openalex.org/A1\",\"display_name\":\"Gone\",\"works_count\":1}\n{\"id\":\"https://openalex.org/A2\",\"display_name\":\"Here\",\"works_count\":1}\n"
      ),
      (
        "works.jsonl",
        [
          Self.work(
            "W1",
            ",\"authorships\":[\(authorship("A1", "I1"))],\"host_venue\":{\"id\":\"https://openalex.org/S1\",\"display_name\":\"Old\"}"
          ),
          Self.work(
            "W2",
            ",\"authorships\":[\(authorship("A2", "I2")),{\"author\":{\"id\":null,\"display_name\":\"Nobody\"},\"institutions\":[]}],\"primary_location\":{\"source\":{\"id\":\"https://openalex.org/S2\",\"display_name\":\"New\"}}"
          ),
        ].joined(separator: "\n")
      ),
    ])
    #expect(try imported.edges(AcademicSchema.writes) == ["A2 W1", "A2 W2"])
    #expect(try imported.edges(AcademicSchema.affiliatedWith) == ["A2 I2"])
    #expect(try imported.edges(AcademicSchema.publishedIn) == ["W1 S2", "W2 S2"])
    #expect(try imported.ids(AcademicSchema.author) == ["A2"] && imported.ids(AcademicSchema.affiliation) == ["I2"])
    #expect(try imported.texts("A2", AcademicSchema.author)["name"] == "Here" && imported.report.authorsWithoutID == 1)
  }

  /// Check 29, and the wrapper that abstracts had until 2023.
  @Test func `abstracts come as bare maps and wrapped`() throws {
    let index = ",\"abstract_inverted_index\":"
    let imported = try ImportedDump(
      [
        Self.work("W1", index + "{\"An\":[0],\"invented\":[1,3]}"),
        Self.work(
          "W2", index + "{\"IndexLength\":7,\"InvertedIndex\":{\"graphs\":[0,3],\"are\":[1],\"big\":[5],\"late\":[9]}}"),
        Self.work("W3", index + "null"), Self.work("W4", index + "{\"IndexLength\":[0],\"InvertedIndex\":[1]}"),
        Self.work("W5", index + "{\"far\":[70000],\"first\":[0]}"),
      ].joined(separator: "\n"))
    #expect(try imported.texts("W1")["abstract"] == "An invented invented")
    #expect(try imported.texts("W2")["abstract"] == "graphs are graphs big")
    #expect(try imported.texts("W3")["abstract"] == nil)
    #expect(try imported.texts("W4")["abstract"] == "IndexLength InvertedIndex")
    #expect(imported.report.abstracts == 4)
  }

  @Test func `topics, their chain and concepts are fields, by number or address`() throws {
    let topic =
      "{\"id\":\"https://openalex.org/T9\",\"display_name\":\"Toys\",\"score\":0.9,\"subfield\":SUB,\"field\":{\"id\":\"https://openalex.org/fields/17\",\"display_name\":\"Computer Science\"}}"
    let works = ["1702", "\"https://openalex.org/subfields/1702\""].enumerated().map { place, id in
      Self.work(
        "W\(place)",
        ",\"topics\":[\(topic.replacingOccurrences(of: "SUB", with: "{\"id\":\(id)}"))],\"concepts\":[{\"id\":\"https://openalex.org/C1\",\"display_name\":\"Mathematics\",\"level\":0,\"score\":0}]"
      )
    }
    let imported = try ImportedDump([
      (
        "concepts.jsonl",
        "{\"id\":\"https://openalex.org/C2\",\"display_name\":\"Graph theory\",\"works_count\":1,\"ancestors\":[{\"id\":\"https://openalex.org/C1\",\"display_name\":\"Mathematics\"}]}\n"
      ),
      ("publishers.jsonl", "{\"id\":\"https://openalex.org/P1\",\"display_name\":\"Press\",\"works_count\":1}\n"),
      ("works.jsonl", works.joined(separator: "\n")),
    ])
    #expect(try imported.edges(AcademicSchema.childOf) == ["C2 C1", "T9 subfields/1702", "subfields/1702 fields/17"])
    #expect(
      try describedEdges(imported.store, AcademicSchema.hasTopic) == [
        "W0 → C1": "0.0 2020", "W0 → T9": "0.9 2020", "W1 → C1": "0.0 2020", "W1 → T9": "0.9 2020",
      ])
    #expect(try imported.texts("fields/17", AcademicSchema.field)["name"] == "Computer Science")
    #expect(imported.report.warnings == ["1 records are of no node of the academic graph and were left out"])
  }

  @Test func `authors know where they work in old and new keys`() throws {
    let imported = try ImportedDump(
      """
      {"id":"https://openalex.org/A1","display_name":"One","works_count":1,"last_known_institution":{"id":"https://openalex.org/I1","display_name":"Old"}}
      {"id":"https://openalex.org/A2","display_name":"Two","works_count":1,"last_known_institutions":[{"id":"https://openalex.org/I1"},{"id":"https://openalex.org/I2"}],"affiliations":[{"institution":{"id":"https://openalex.org/I2","display_name":"New"},"years":[2021,2019]}]}
      {"id":"https://openalex.org/I3","display_name":"Alone","works_count":0}
      """)
    #expect(
      try describedEdges(imported.store, AcademicSchema.affiliatedWith) == [
        "A1 → I1": "0", "A2 → I1": "0", "A2 → I2": "2019",
      ])
    #expect(try imported.ids(AcademicSchema.affiliation) == ["I1", "I2", "I3"])
  }
}

import GroveKernels

/// Authors, sources, institutions, concepts and topics of OpenAlex.
extension OpenAlexRecords {
  mutating func append(_ entity: SyntheticEntity, to texts: inout [ByteText], _ counts: inout DialectCounts) {
    switch entity {
    case .author(let number):
      append(author: number, to: &texts[2])
      counts.add(.authorRecords)
    case .venue(let number):
      texts[3].append(#"{"id":"https://openalex.org/S"#)
      texts[3].append(decimal: contents.ids.integer(.venue, number))
      texts[3].append(#"","issn_l":null,"issn":null,"display_name":""#)
      contents.names.append(venue: number, to: &texts[3])
      texts[3].append(#"","host_organization":null,"type":""#)
      texts[3].append(contents.names.isJournal(number) ? "journal\"}\n" : "conference\"}\n")
    case .affiliation(let number):
      append(institution: number, to: &texts[4])
      texts[4].append("\n")
    case .field(let number):
      append(concept: number, to: &texts[5])
      texts[5].append(#","ancestors":["#)
      var wider = FieldTree.parent(of: number)
      while let parent = wider {
        append(concept: parent, to: &texts[5])
        wider = FieldTree.parent(of: parent)
        texts[5].append(wider == nil ? "}" : "},")
      }
      texts[5].append("],\"related_concepts\":[]}\n")
    }
  }

  mutating func close(_ texts: inout [ByteText]) {
    for term in usedTerms.all {
      append(topic: term, subfieldIsNumber: term % 2 == 0, to: &texts[6])
      texts[6].append(",\"keywords\":[]}\n")
    }
  }

  /// Every other author has the older key for the institution.
  private func append(author number: Int, to text: inout ByteText) {
    text.append(#"{"id":"#)
    text.append(authorID: contents.ids.integer(.author, number))
    text.append(#","orcid":null,"display_name":""#)
    contents.names.append(person: contents.plan.name(of: number), to: &text)
    text.append(#"","display_name_alternatives":[],"works_count":1,"cited_by_count":0,"#)
    let isOld = number % 2 == 0
    text.append(isOld ? #""last_known_institution":"# : #""last_known_institutions":["#)
    if let affiliation = contents.plan.affiliation(of: number) {
      append(institution: affiliation, to: &text)
    } else if isOld {
      text.append("null")
    }
    text.append(isOld ? "}\n" : "]}\n")
  }

  func append(institution number: Int, to text: inout ByteText) {
    text.append(#"{"id":"https://openalex.org/I"#)
    text.append(decimal: contents.ids.integer(.affiliation, number))
    text.append(#"","display_name":""#)
    contents.names.append(affiliation: number, to: &text)
    text.append(#"","ror":null,"country_code":null,"type":"education","lineage":[]}"#)
  }

  /// Adds a concept without the brace at its end.
  func append(concept field: Int, to text: inout ByteText) {
    text.append(#"{"id":"https://openalex.org/C"#)
    text.append(decimal: contents.ids.integer(.field, field))
    text.append(#"","wikidata":null,"display_name":""#)
    contents.names.append(field: field, to: &text)
    text.append(#"","level":"#)
    text.append(decimal: FieldTree.level(of: field))
  }

  /// Adds a topic without the brace at its end.
  func append(topic term: Int, subfieldIsNumber isNumber: Bool, to text: inout ByteText) {
    text.append(#"{"id":"https://openalex.org/T"#)
    text.append(decimal: 10_001 + term)
    text.append(#"","display_name":""#)
    contents.names.append(field: FieldTree.field(ofTerm: term), to: &text)
    text.append(isNumber ? #"","subfield":{"id":"# : #"","subfield":{"id":"https://openalex.org/subfields/"#)
    text.append(decimal: 1701 + term / SyntheticTopic.termCount)
    text.append(isNumber ? "" : "\"")
    text.append(isNumber ? #"},"field":{"id":17}"# : #"},"field":{"id":"https://openalex.org/fields/17"}"#)
    text.append(isNumber ? #","domain":{"id":3}"# : #","domain":{"id":"https://openalex.org/domains/3"}"#)
  }
}

extension ByteText {
  /// Adds an author's address: ids below 5,000,000,000 are dead.
  mutating func append(authorID number: Int) {
    append(#""https://openalex.org/A"#)
    append(decimal: 5_000_000_000 + number)
    append(UInt8(ascii: "\""))
  }
}

/// Everything about one paper that other records, labels or counts depend on; its words are drawn when it is written.
struct PlannedPaper {
  /// A reference as it is listed.
  struct Reference: Equatable {
    enum Kind { case citation, repeated, own, dangling }
    var kind: Kind
    /// The cited paper, or the number of a paper that does not exist.
    var number: Int
  }

  /// An author entry.
  struct Author: Equatable {
    /// The author; nil for an entry without id.
    var number: Int?
    /// What the name is made of; homonyms share it.
    var name: Int
    /// The affiliation that the entry shows.
    var affiliation: Int?
    /// Whether this is the author's first paper.
    var isNew: Bool
  }

  /// A field with its weight in ten-thousandths.
  struct Field: Equatable {
    var number: Int
    var weight: Int
  }

  /// How the year is written.
  enum YearForm { case number, decimal, text, empty, zero, minusOne, forthcoming, null }

  var number = 0
  var group = 0
  var topic = 0
  /// The topic that papers between two topics also take from.
  var secondTopic: Int?
  var year = 0
  var yearForm = YearForm.number
  var isLabeled = false
  var references: [Reference] = []
  var authors: [Author] = []
  var fields: [Field] = []
  /// The venue, or where it has no id the number of a raw name.
  var venue = 0
  var hasVenueID = true

  /// Whether no reader finds a year.
  var lacksYear: Bool {
    switch yearForm {
    case .number, .decimal, .text: false
    case .empty, .zero, .minusOne, .forthcoming, .null: true
    }
  }
}

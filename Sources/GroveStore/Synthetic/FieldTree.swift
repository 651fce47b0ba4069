/// Fields as a tree: wide ones that all topics share, terms of topics below the first of them, and qualified terms
/// below their terms.
enum FieldTree {
  private static let qualifiers = SyntheticTopic.fieldQualifiers.count

  /// 0 for shared fields, 1 for terms, 2 for qualified terms.
  static func level(of field: Int) -> Int {
    if field < SyntheticPlan.sharedFieldCount { return 0 }
    return (field - SyntheticPlan.sharedFieldCount) % qualifiers == 0 ? 1 : 2
  }

  /// The next wider field, which has a smaller number; nil for shared fields.
  static func parent(of field: Int) -> Int? {
    switch level(of: field) {
    case 0: nil
    case 1: 0
    default: field - (field - SyntheticPlan.sharedFieldCount) % qualifiers
    }
  }

  /// The term that a field qualifies or is, counted through all topics; nil for shared fields.
  static func term(of field: Int) -> Int? {
    field < SyntheticPlan.sharedFieldCount ? nil : (field - SyntheticPlan.sharedFieldCount) / qualifiers
  }

  /// The field that is a term and no more.
  static func field(ofTerm term: Int) -> Int { SyntheticPlan.sharedFieldCount + term * qualifiers }

  static var termCount: Int { SyntheticPlan.topicCount * SyntheticTopic.termCount }
}

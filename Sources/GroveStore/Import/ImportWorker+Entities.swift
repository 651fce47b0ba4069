/// Nodes by records of their own, and what such records relate.
extension ImportWorker {
  /// Takes an author's own record.
  mutating func take(author record: EntityRecord) throws {
    try authors.declare(record.id, record.name)
    for (id, name, year) in record.affiliations {
      guard let place = id ?? nameKey(name).map({ Identifier(key: $0, text: nil) }) else { continue }
      try take(affiliationOf: record.id.key, with: place, name, year: year)
    }
  }

  /// Takes a field's own record.
  mutating func take(field record: EntityRecord) throws {
    try fields.declare(record.id, record.name)
    for (id, name) in record.parents { try take(parent: id, name, of: record.id) }
  }

  /// Takes a field's place below a wider one.
  mutating func take(parent: Identifier, _ name: Bytes, of child: Identifier) throws {
    if parent.key == child.key { return }
    try fields.declare(child, Bytes(start: nil, count: 0))
    try fields.declare(parent, name)
    try hierarchy.append(child.key, 0, detail: 0, with: parent.key)
  }

  /// Takes an id that stands for another one.
  mutating func take(alias: NodeKey, for target: Identifier, of kind: RecordKind, reason: UInt64) throws {
    try aliases.append(Identities.place(of: kind), from: alias, to: target, reason: reason)
  }

  /// Whether authors without an id become one node a name.
  var keysAuthorsByName: Bool { options.keysAuthorsByName }

  /// Counts a row that is wider than its table is known to be.
  mutating func countWideRow() { counts.wideRows += 1 }

  /// Takes an author's place of work that no paper tells.
  mutating func take(affiliationOf author: NodeKey, with place: Identifier, _ name: Bytes, year: Int32) throws {
    try places.name(place, name)
    try affiliations.append(author, Waiting.noPaper, detail: UInt32(bitPattern: year), with: place.key)
  }

  /// Takes a node that has a record of its own.
  mutating func declare(_ kind: EntityKind, _ id: Identifier, _ name: Bytes) throws {
    switch kind {
    case .author: try authors.declare(id, name)
    case .affiliation: try places.declare(id, name)
    case .venue: try venues.declare(id, name)
    case .field: try fields.declare(id, name)
    }
  }
}

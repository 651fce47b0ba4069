public import GroveGraphs
import GroveKernels

/// What the numbers of a stored feature column are.
public enum FeatureElement: String, Sendable, CaseIterable {
  /// Floats as they are.
  case f32
  /// Floats of 16 bits, rounded to the nearest: half the room, three digits, up to 65,504.
  case f16
}

extension StoreEditor {
  /// Adds a feature column or replaces the one of its name, all at once; labels, splits and records stay as they are.
  ///
  /// The store's snapshot does not cover what is added here, so runs that were trained before still fit the store.
  ///
  /// - Parameters:
  ///   - features: one row a node of the type.
  ///   - name: what `--features` calls the column.
  ///   - type: the type of the nodes.
  ///   - elementType: what the numbers are stored as.
  ///   - isDefault: whether it becomes the type's first column; otherwise it takes the place of the one of its name, or
  ///     the last.
  ///   - snapshot: of the records that the rows were made of; where the store has another by now, nothing is changed.
  ///   - recipe: how the column was made, for whoever wants to make another row of it.
  /// - Throws: `FormatFailure` for an unknown type, another number of rows than nodes, a name that cannot be used or a
  ///   number that is not finite in the column's element; `StoreFailure.changed`; `StoreFailure`; `FileFailure`. The
  ///   store is then as it was.
  /// - Complexity: O(entries) time.
  public func set(
    features: FeatureMatrix, named name: String, of type: NodeType, elementType: FeatureElement = .f32,
    isDefault: Bool = false, snapshot: String? = nil, recipe: String? = nil
  ) throws {
    let width = features.width
    let column = FeatureColumn(name: name, type: type, element: elementType, width: width, recipe: recipe)
    try set(column, isDefault, snapshot) { count, files in
      try DatasetChecks.rows(features.rowCount, of: "feature rows", expected: count, path: path)
      switch features {
      case .dense(let values, _):
        let file = try files.dense(rows: count) { Array(values[$0.lowerBound * width..<$0.upperBound * width]) }
        return (file, nil, nil)
      case .sparse(let rows, let values): return try files.sparse(rows, values)
      }
    }
  }

  /// Adds a dense feature column or replaces the one of its name, out of rows that come some at a time.
  ///
  /// - Parameters:
  ///   - width: F, the number of columns of a row.
  ///   - rows: gives the numbers of a range of nodes, row after row; ranges are asked for in order, from 0 to the number
  ///     of nodes of the type.
  /// - Throws: as `set(features:named:of:)`; what `rows` throws.
  /// - Precondition: `rows` gives as many numbers as its range has nodes times `width`.
  /// - Complexity: O(N · F) time, O(1 MB) memory beside what `rows` gives.
  public func set(
    featuresOfWidth width: Int, named name: String, of type: NodeType, elementType: FeatureElement = .f32,
    isDefault: Bool = false, snapshot: String? = nil, recipe: String? = nil, rows: (Range<Int>) throws -> [Float]
  ) throws {
    let column = FeatureColumn(name: name, type: type, element: elementType, width: width, recipe: recipe)
    try set(column, isDefault, snapshot) { count, files in (try files.dense(rows: count, rows), nil, nil) }
  }

  /// Takes a feature column out of a store.
  ///
  /// - Throws: `FormatFailure.unknownName`; `StoreFailure`; `FileFailure`.
  public func removeFeatures(named name: String, of type: NodeType) throws {
    try changeFeatures(of: type, snapshot: nil) { store, columns, _ in
      guard let place = columns.firstIndex(where: { $0.name == name }) else {
        throw FormatFailure.unknownName(
          path: path, what: "feature column", name: name, known: store.featureNames(of: type))
      }
      return columns.remove(at: place).isMade != true
    }
  }

  private typealias Files = (values: StoreFile?, offsets: StoreFile?, columns: StoreFile?)

  private func set(
    _ column: FeatureColumn, _ isDefault: Bool, _ snapshot: String?, _ write: (Int, FeatureFiles) throws -> Files
  ) throws {
    try column.check(path)
    try changeFeatures(of: column.type, snapshot: snapshot) { store, columns, path in
      let place = columns.firstIndex { $0.name == column.name }
      let number = place ?? columns.count
      let files = try write(
        store.nodeCount(of: column.type),
        FeatureFiles(place: self.path, column: column) { path("features-\(number)-\($0)") })
      let made = StoreManifest.Features(
        name: column.name, width: column.width, values: files.values, offsets: files.offsets, columns: files.columns,
        isMade: true, recipe: column.recipe)
      let former = place.map { columns.remove(at: $0) }
      columns.insert(made, at: isDefault ? 0 : number)
      return former.map { $0.isMade != true } ?? false
    }
  }

  /// - Parameter body: changes the columns, whose files lie where its last argument says, and tells whether one that
  ///   came with the records is gone.
  private func changeFeatures(
    of type: NodeType, snapshot: String?,
    _ body: (GraphStore, inout [StoreManifest.Features], @escaping (String) -> String) throws -> Bool
  ) throws {
    _ = try StoreManifest.read(path)
    try StoreWriter.change(path) { writer in
      let store = try GraphStore(path)
      if let snapshot, snapshot != store.snapshot { throw StoreFailure.changed(path: path) }
      var manifest = store.manifest
      guard let place = manifest.nodes.firstIndex(where: { $0.type == type.name }) else {
        throw FormatFailure.unknownName(
          path: path, what: "node type", name: type.name, known: store.nodeTypes.map(\.name))
      }
      let name = GraphImporter.fileName(type.name, "type-\(place)")
      var columns = manifest.nodes[place].features ?? []
      let isOther = try body(store, &columns) { writer.path("\(name).\($0)") }
      manifest.nodes[place].features = columns.isEmpty ? nil : columns
      manifest.generation = writer.generation
      if isOther, store.isGraph { manifest.snapshot = try GraphSnapshot.hash(try GraphStore(path, manifest)) }
      try writer.commit(manifest)
    }
  }
}

public import GroveGraphs
import GroveKernels

extension GraphStore {
  /// Names of the feature columns of a type, the default one first; empty where it has none.
  public func featureNames(of type: NodeType) -> [String] { columns(of: type).map(\.name) }

  /// The width of each feature column of a type, in the order of `featureNames(of:)`.
  ///
  /// - Complexity: O(1): no column is read.
  public func featureWidths(of type: NodeType) -> [Int] { columns(of: type).map(\.width) }

  /// How a feature column was made, as it was given with it; nil where that is not known.
  public func featureRecipe(named name: String, of type: NodeType) -> String? {
    columns(of: type).first { $0.name == name }?.recipe
  }

  /// What a feature column's numbers are, by their hash: equal for equal numbers in equal order, stored in one way.
  ///
  /// - Throws: `FormatFailure.unknownName` for a name that is not among `featureNames(of:)`.
  /// - Complexity: O(1): no column is read.
  public func featureIdentity(named name: String, of type: NodeType) throws -> String {
    guard let column = columns(of: type).first(where: { $0.name == name }) else {
      throw FormatFailure.unknownName(path: path, what: "feature column", name: name, known: featureNames(of: type))
    }
    return column.files.map(\.checksum).joined(separator: " ")
  }

  /// Names of the columns that came with the records, and that their hash covers.
  func recordedFeatureNames(of type: NodeType) -> [String] {
    columns(of: type).filter { $0.isMade != true }.map(\.name)
  }

  private func columns(of type: NodeType) -> [StoreManifest.Features] {
    manifest.nodes.first { $0.type == type.name }?.features ?? []
  }

  /// A feature column by its name; floats of 32 bits are read in place, those of 16 bits widened.
  ///
  /// - Throws: `FormatFailure.unknownName` for a name that is not among `featureNames(of:)`; `StoreFailure.damaged`.
  public func features(named name: String, of type: NodeType) throws -> FeatureMatrix {
    guard let column = columns(of: type).first(where: { $0.name == name }) else {
      throw FormatFailure.unknownName(path: path, what: "feature column", name: name, known: featureNames(of: type))
    }
    let values = try column.values.map { try numbers($0) }
    guard let offsets = column.offsets, let columns = column.columns else {
      return .dense(values: values ?? [], width: column.width)
    }
    let rows = SparseRows(
      offsets: Array(try array(offsets) as MappedArray<Int64>),
      columns: Array(try array(columns) as MappedArray<Int32>),
      columnCount: column.width)
    return .sparse(rows: rows, values: values?.copied)
  }

  private func numbers(_ file: StoreFile) throws -> FeatureValues {
    guard file.element == .float16 else { return .mapped(try array(file)) }
    return .array((try array(file) as MappedArray<UInt16>).map { HalfFloats.float(f16: $0) })
  }
}

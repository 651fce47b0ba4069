public import GroveKernels

/// What is wrong with data from outside, or with words naming it.
///
/// Descriptions are one line: path, place, what was
/// found and expected, what to do.
public enum FormatFailure: Failure, Equatable {
  /// Contents that break the rules of their format; `place` is a line, key or row, empty for the file as a whole.
  case malformed(path: String, place: String, problem: String, advice: String)
  /// A name that promises something else than the file holds.
  case wrongExtension(path: String, promised: String, found: String)
  /// A NumPy file of Python objects: a program in disguise, never run.
  case holdsPickle(path: String)
  /// A file without a byte.
  case empty(path: String)
  /// No format of the catalogue knows these files.
  case unrecognized(path: String, names: [String], formats: [String])
  /// Links to predict, without node labels.
  case onlyLinks(path: String)
  /// A format whose other half is missing.
  case missingPart(path: String, part: String, advice: String)
  /// A word that is not among those known here.
  case unknownName(path: String, what: String, name: String, known: [String])
  /// An output whose extension names no format.
  case unknownExtension(path: String, accepted: [String])
  /// A name that cannot be a file's.
  case unusableName(name: String, rule: String)
  /// A download that did not come.
  case unreachable(address: String, reason: String)
  /// A download that is not what the catalogue describes.
  case wrongChecksum(address: String, expected: String, found: String)
  /// A place to write to where something lies already.
  case taken(path: String, reason: String, advice: String)

  /// As the exit code tells it.
  public var kind: FailureKind {
    switch self {
    case .malformed, .wrongExtension, .holdsPickle, .empty, .unrecognized, .onlyLinks, .wrongChecksum: .badData
    case .missingPart: .missingInput
    case .unknownName, .unknownExtension, .unusableName: .usage
    case .unreachable: .inputOutput
    case .taken: .cannotCreate
    }
  }

  /// One line: path, place, what was found, what to do.
  public var description: String {
    switch self {
    case .malformed(let path, let place, let problem, let advice):
      "\(path)\(place.isEmpty ? "" : ", \(place)"): \(problem); \(advice)"
    case .wrongExtension(let path, let promised, let found):
      "\(path): its name promises \(promised), but it holds \(found); rename it or give the right file"
    case .holdsPickle(let path):
      "\(path): holds Python objects (a pickle), which are never executed; save it again as plain arrays "
        + "(numpy.savez with allow_pickle=False)"
    case .empty(let path): "\(path): the file is empty; write or fetch it again"
    case .unrecognized(let path, let names, let formats):
      "\(path): no known graph format among \(listed(names)); expected one of: \(formats.joined(separator: "; "))"
    case .onlyLinks(let path):
      "\(path): this is a link-prediction set (train and test links without node labels); learn it with --task links, "
        + "or add edges.npy and labels.npy for node classification"
    case .missingPart(let path, let part, let advice): "\(path): \(part) is missing; \(advice)"
    case .unknownName(let path, let what, let name, let known):
      known.isEmpty
        ? "\(path): no \(what) named \(quoted(name)) (there is none); check the name"
        : "\(path): no \(what) named \(quoted(name)); choose one of: \(known.joined(separator: ", "))"
    case .unknownExtension(let path, let accepted):
      "\(path): the extension names no output format; end the name in one of: \(accepted.joined(separator: ", "))"
    case .unusableName(let name, let rule): "\(quoted(name)) cannot be used as a name; \(rule)"
    case .unreachable(let address, let reason):
      "\(address): cannot be fetched (\(reason)); check the network or the package index and try again"
    case .wrongChecksum(let address, let expected, let found):
      "\(address): SHA-256 is \(found), expected \(expected); nothing was kept, try again or report the change"
    case .taken(let path, let reason, let advice): "\(path): \(reason); \(advice)"
    }
  }

  private func listed(_ names: [String]) -> String {
    if names.isEmpty { return "no files at all" }
    let shown = names.prefix(8).map { quoted($0) }.joined(separator: ", ")
    return names.count > 8 ? "\(shown) and \(names.count - 8) more" : shown
  }

  /// The form of almost every failure of a reader.
  static func bad(_ path: String, _ place: String, _ problem: String, do advice: String) -> FormatFailure {
    .malformed(path: path, place: place, problem: problem, advice: advice)
  }

  /// The same for a file as a whole.
  static func bad(_ path: String, _ problem: String, do advice: String) -> FormatFailure {
    .malformed(path: path, place: "", problem: problem, advice: advice)
  }
}

/// Text from outside as a message may show it: one line, in quotes, not long.
func quoted(_ text: String, limit: Int = 60) -> String { "'" + plain(text, limit: limit) + "'" }

/// Text from outside without control characters, cut to `limit` characters.
func plain(_ text: String, limit: Int = 200) -> String {
  var shown = ""
  var count = 0
  for scalar in text.unicodeScalars {
    if count == limit { return shown + "…" }
    shown.unicodeScalars.append(scalar.value < 32 || (127...159).contains(scalar.value) ? "?" : scalar)
    count += 1
  }
  return shown
}

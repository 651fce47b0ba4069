/// Tells node-link documents from dumps of records by their first bytes.
enum NodeLinkHead {
  /// Whether the first object has a list of objects called `nodes`, or of edges with `source` and `target`, or says
  /// both `directed` and `multigraph`.
  static func speaks(_ head: [UInt8]) -> Bool {
    var at = head.starts(with: [0xef, 0xbb, 0xbf]) ? 3 : 0
    func skipSpace() { while at < head.count, head[at] <= 32 { at += 1 } }
    skipSpace()
    guard at < head.count, head[at] == UInt8(ascii: "{") else { return false }
    var depth = 0
    var flags: Set<String> = []
    while at < head.count {
      switch head[at] {
      case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        depth -= 1
        if depth == 0 { return false }
      case UInt8(ascii: "\""):
        let begin = at + 1
        at = begin
        while at < head.count, head[at] != UInt8(ascii: "\"") { at += head[at] == UInt8(ascii: "\\") ? 2 : 1 }
        guard at < head.count else { return false }
        let name = head[begin..<at].string
        at += 1
        skipSpace()
        guard depth == 1, at < head.count, head[at] == UInt8(ascii: ":") else { continue }
        at += 1
        skipSpace()
        let value = head[min(at, head.count)...].prefix(4096).filter { $0 > 32 }
        switch name {
        case "nodes" where value.starts(with: "[{".utf8) || value.starts(with: "[]".utf8): return true
        case "links" where isEdge(value), "edges" where isEdge(value): return true
        case "directed", "multigraph":
          if value.starts(with: "true".utf8) || value.starts(with: "false".utf8) { flags.insert(name) }
          if flags.count == 2 { return true }
        default: break
        }
        continue
      default: break
      }
      at += 1
    }
    return false
  }

  private static func isEdge(_ value: [UInt8]) -> Bool {
    guard value.starts(with: "[{".utf8) else { return false }
    let text = value.prefix { $0 != UInt8(ascii: "}") }.string
    return text.contains("\"source\":") && text.contains("\"target\":")
  }
}

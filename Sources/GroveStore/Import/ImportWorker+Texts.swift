import CXXHash
import Foundation
import GroveKernels

/// Papers' texts on their way to the database.
extension ImportWorker {
  mutating func append(textsOf paper: PaperRecord) {
    if options.decodesEntities { HTMLEntities.decode(paper.title, into: &scratch) }
    let nothing = Bytes(start: nil, count: 0)
    let id = paper.id.key.isLong ? paper.id.text ?? nothing : nothing
    scratch.withUnsafeBufferPointer { decoded in
      paper.abstract.withUnsafeBufferPointer { abstract in
        let title = options.decodesEntities ? decoded : paper.title
        append(
          key: paper.id.key, year: paper.year, citations: paper.citationCount, authors: UInt32(paper.authors.count),
          texts: [title, paper.doi, paper.volume, paper.issue, id, abstract] as InlineArray<6, Bytes>)
      }
    }
  }

  /// Appends a paper's row: title, doi, volume, issue, long id and abstract in `texts`.
  mutating func append(
    key: NodeKey, year: Int32, citations: Int32, authors: UInt32, texts list: InlineArray<6, Bytes>
  ) {
    func count(_ place: Int) -> UInt32 { UInt32(list[place].count) }
    let head = Waiting.Text(
      digest: (0, 0), authorCount: authors, abstractCount: count(5), tally: tally, key: key, year: year,
      citationCount: citations, counts: (count(0), count(1), count(2), count(3), count(4)))
    let start = texts.count
    withUnsafeBytes(of: head) { texts.append(contentsOf: $0) }
    for place in list.indices { texts.append(contentsOf: list[place]) }
    texts.withUnsafeMutableBytes { bytes in
      let from = start + Waiting.Text.digestStart
      let end = bytes.count - Int(head.abstractCount)
      let hash = grove_hash128_of(bytes.baseAddress! + from, end - from, 0)
      var digest = StoreHash(low: hash.low, high: hash.high)
      digest += Waiting.hash(ofAbstract: UnsafeRawBufferPointer(rebasing: bytes[end...]), of: key)
      bytes.storeBytes(of: digest.low, toByteOffset: start, as: UInt64.self)
      bytes.storeBytes(of: digest.high, toByteOffset: start + 8, as: UInt64.self)
    }
    while texts.count & 7 != 0 { texts.append(0) }
  }
}

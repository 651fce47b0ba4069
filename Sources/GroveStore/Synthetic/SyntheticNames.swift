/// Names of people, affiliations, venues and fields, each a function of a number.
struct SyntheticNames {
  private static let firstNames = [
    "Ada ", "Alan ", "Amir ", "Ana ", "Ben ", "Boris ", "Carla ", "Chen ", "Dana ", "David ", "Elena ", "Emil ",
    "Fatima ",
    "Felix ", "Grace ", "Hana ", "Hugo ", "Ines ", "Ivan ", "Jun ", "Karin ", "Kofi ", "Lara ", "Lei ", "Lin ",
    "Marco ",
    "Mei ", "Mina ", "Nadia ", "Nils ", "Olga ", "Omar ", "Paula ", "Pedro ", "Qing ", "Ravi ", "Rosa ", "Samir ",
    "Sara ", "Sven ", "Tara ", "Tomas ", "Uma ", "Vera ", "Wei ", "Xin ", "Yuki ", "Zora ", #"Jos\u00e9 "#, "Zoë ",
    #"Ren\u00e9e "#, "Jürgen ", #"S\u00f8ren "#, "Łucja ",
  ].map { Piece($0) }
  private static let consonants = Array("bdfgklmnprstvwz".utf8)
  private static let vowels = Array("aeiou".utf8)
  private static let endings = [
    "", "n", "r", "s", "ng", "son", "ski", "man", "ler", "tti", "nov", "kar", "shi", "dez", "wal", "berg",
  ].map { Piece($0) }

  private static let affiliationKinds: [(before: StaticString, after: StaticString)] = [
    ("University of ", ""), ("", " Institute of Technology"), ("", " State University"), ("Universität ", ""),
    ("", " Labs, R&amp;D Center"), ("Department of Informatics,#TAB#", " University"),
    (#"\u00c9cole Polytechnique de "#, ""), ("", " Academy of Sciences"),
  ]

  private static let venueKinds: [(before: StaticString, after: StaticString)] = [
    ("International Conference on ", ""), ("Journal of ", ""), ("", " Letters"), ("Symposium on ", ""),
  ]

  private let qualifiers = SyntheticTopic.fieldQualifiers.map { Piece($0) }
  private let terms = SyntheticTopic.all.flatMap(\.terms).map { Piece($0) }
  private let sharedFields = SyntheticTopic.sharedFields.map { Piece($0) }

  /// Adds a person's name: one that no other number below 5 · 10⁸ has.
  func append(person number: Int, to text: inout ByteText) {
    let letters = Self.consonants.count
    let vowels = Self.vowels.count
    let base = Self.firstNames.count * Self.endings.count * 26
    // The syllables in front have letters² · vowels² forms; the multiplier is prime to all factors.
    let count = base * letters * letters * vowels * vowels * vowels
    var rest = (number % count) * 15_485_863 % count
    func take(_ bound: Int) -> Int {
      defer { rest /= bound }
      return rest % bound
    }
    text.append(Self.firstNames[take(Self.firstNames.count)])
    let initial = UInt8(ascii: "A") + UInt8(take(26))
    text.append(initial)
    text.append(". ")
    let ending = Self.endings[take(Self.endings.count)]
    let place = text.count
    text.append(Self.consonants[take(letters)])
    text.append(Self.vowels[take(vowels)])
    text.append(Self.consonants[take(letters)])
    text.append(Self.vowels[take(vowels)])
    text.append(UInt8(ascii: "l"))
    text.append(Self.vowels[take(vowels)])
    text.append(ending)
    text.capitalize(at: place)
  }

  /// Adds an affiliation's name: the place is its group's.
  func append(affiliation number: Int, to text: inout ByteText) {
    let kind = Self.affiliationKinds[number % SyntheticPlan.affiliationsPerGroup]
    let group = number / SyntheticPlan.affiliationsPerGroup
    text.append(kind.before)
    let place = text.count
    text.append(Self.consonants[group % 15])
    text.append(Self.vowels[group / 15 % 5])
    text.append(Self.consonants[(group + 4) % 15])
    text.append(Self.vowels[group / 75])
    text.append("ria")
    text.capitalize(at: place)
    text.append(kind.after)
  }

  /// Adds a venue's name.
  func append(venue number: Int, to text: inout ByteText) {
    let (topic, place) = number.quotientAndRemainder(dividingBy: SyntheticPlan.venuesPerTopic)
    let kind = Self.venueKinds[place & 3]
    text.append(kind.before)
    text.append(terms[topic * SyntheticTopic.termCount + place >> 2])
    text.append(kind.after)
  }

  /// Whether a venue is a journal.
  func isJournal(_ venue: Int) -> Bool { venue & 3 == 1 || venue & 3 == 2 }

  /// Adds the name of a venue without id.
  func append(rawVenue number: Int, to text: inout ByteText) {
    text.append("Workshop on ")
    text.append(terms[number])
  }

  /// Adds a field's name.
  func append(field number: Int, to text: inout ByteText) {
    if number < SyntheticPlan.sharedFieldCount { return text.append(sharedFields[number]) }
    let place = number - SyntheticPlan.sharedFieldCount
    text.append(qualifiers[place % qualifiers.count])
    text.append(terms[place / qualifiers.count])
  }
}

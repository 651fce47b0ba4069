/// Walks the instructions of a pickle and builds its table of values.
///
/// Each instruction adds at most one value and moves values that earlier bytes pushed; copies beyond that are charged
/// against the file's length, so that no memo can blow a small file up.
struct PickleMachine {
  typealias Value = Pickle.Value

  var pickle: Pickle
  var stack: [Value] = []
  /// Heights of the stack at the open marks.
  private var marks: [Int] = []
  private var memo: [UInt64: Value] = [:]
  private var at = 0
  /// Where the present instruction began.
  var start = 0
  /// How many bytes and members may still be copied.
  private var allowance: Int

  /// Files whose positions fit the table; the data sets that come as pickles are a thousand times smaller.
  private static let largest = 1 << 30

  init(_ pickle: Pickle) {
    self.pickle = pickle
    allowance = 2 * pickle.byteCount
  }

  /// Carries out all instructions up to the one that ends the pickle.
  mutating func run() throws -> Pickle {
    guard pickle.byteCount <= PickleMachine.largest else {
      throw damaged("is larger than \(PickleMachine.largest >> 30) GiB")
    }
    while true {
      start = at
      let byte = try byte()
      guard let opcode = PickleOpcode(rawValue: byte) else {
        throw PickleFailure.refusedOpcode(
          path: pickle.place, offset: start, name: PickleOpcode.refusedName(byte))
      }
      if opcode == .stop {
        pickle.root = try pop()
        return pickle
      }
      try carryOut(opcode)
    }
  }

  private mutating func carryOut(_ opcode: PickleOpcode) throws {
    switch opcode {
    case .none: push(.none)
    case .newTrue: push(.boolean(true))
    case .newFalse: push(.boolean(false))
    case .binInt: push(.integer(Int64(Int32(truncatingIfNeeded: try number(4)))))
    case .binInt1: push(.integer(Int64(try number(1))))
    case .binInt2: push(.integer(Int64(try number(2))))
    case .long1: push(.integer(try longInteger(Int(try number(1)))))
    case .long4: push(.integer(try longInteger(try count(4))))
    case .int, .long, .float: push(try decimal(opcode))
    case .binFloat: push(.float(Double(bitPattern: UInt64(bigEndian: try number(8)))))
    case .string: push(.bytes(try quotedString()))
    case .unicode: push(.text(try escapedText()))
    case .shortBinString, .shortBinBytes: push(.bytes(try slice(try count(1))))
    case .binString, .binBytes: push(.bytes(try slice(try count(4))))
    case .binBytes8, .byteArray8: push(.bytes(try slice(try count(8))))
    case .shortBinUnicode: push(.text(try slice(try count(1))))
    case .binUnicode: push(.text(try slice(try count(4))))
    case .binUnicode8: push(.text(try slice(try count(8))))
    case .emptyTuple: push(.tuple(container([])))
    case .tuple1: push(.tuple(container(try pop(1))))
    case .tuple2: push(.tuple(container(try pop(2))))
    case .tuple3: push(.tuple(container(try pop(3))))
    case .tuple: push(.tuple(container(try popToMark())))
    case .emptyList: push(.list(container([])))
    case .list: push(.list(container(try popToMark())))
    case .emptyDict: push(.dictionary(container([])))
    case .dict: push(.dictionary(container(try evenly(try popToMark()))))
    case .emptySet: push(.set(container([])))
    case .frozenSet: push(.set(container(try popToMark())))
    case .append: try extend(.list(0), by: try pop(1))
    case .appends: try extend(.list(0), by: try popToMark())
    case .setItem: try extend(.dictionary(0), by: try pop(2))
    case .setItems: try extend(.dictionary(0), by: try evenly(try popToMark()))
    case .addItems: try extend(.set(0), by: try popToMark())
    case .mark: marks.append(stack.count)
    case .pop: if marks.last == stack.count { marks.removeLast() } else { _ = try pop() }
    case .popMark: _ = try popToMark()
    case .dup: stack.append(try top())
    case .put: memo[try memoNumber()] = try top()
    case .binPut: memo[try number(1)] = try top()
    case .longBinPut: memo[try number(4)] = try top()
    case .memoize: memo[UInt64(memo.count)] = try top()
    case .get: try recall(try memoNumber())
    case .binGet: try recall(try number(1))
    case .longBinGet: try recall(try number(4))
    case .proto:
      guard try number(1) <= 5 else { throw damaged("is of a protocol that is not known") }
    case .frame:
      guard try number(8) <= UInt64(pickle.byteCount - at) else { throw damaged("ends inside a frame") }
    case .global, .stackGlobal, .reduce, .build, .newObject: try carryOutObject(opcode)
    case .persistentID, .binPersistentID, .instance, .object, .newObjectWithKeywords, .extension1, .extension2,
      .extension4, .nextBuffer, .readOnlyBuffer, .stop:
      throw PickleFailure.refusedOpcode(
        path: pickle.place, offset: start, name: PickleOpcode.refusedName(opcode.rawValue))
    }
  }

  // MARK: - Stack

  /// Puts a new value on the stack.
  mutating func push(_ node: Pickle.Node) {
    stack.append(Value(pickle.nodes.count))
    pickle.nodes.append(node)
    pickle.offsets.append(UInt32(start))
  }

  /// The topmost value, which stays.
  func top() throws -> Value {
    guard stack.count > marks.last ?? 0, let value = stack.last else {
      throw damaged("takes a value that is not there")
    }
    return value
  }

  mutating func pop() throws -> Value {
    let value = try top()
    stack.removeLast()
    return value
  }

  private mutating func pop(_ count: Int) throws -> [Value] {
    guard stack.count - count >= marks.last ?? 0 else { throw damaged("takes \(count) values that are not there") }
    defer { stack.removeLast(count) }
    return Array(stack.suffix(count))
  }

  private mutating func popToMark() throws -> [Value] {
    guard let mark = marks.popLast() else { throw damaged("has no mark where one is due") }
    defer { stack.removeLast(stack.count - mark) }
    return Array(stack[mark...])
  }

  private func evenly(_ values: [Value]) throws -> [Value] {
    guard values.count.isMultiple(of: 2) else { throw damaged("gives a dictionary a key without a value") }
    return values
  }

  /// A new container of these members.
  mutating func container(_ members: [Value]) -> Int32 {
    pickle.members.append(members)
    return Int32(pickle.members.count - 1)
  }

  /// Adds members to the container on top of the stack, which must be of the kind of `example`.
  private mutating func extend(_ example: Pickle.Node, by values: [Value]) throws {
    switch (pickle[try top()], example) {
    case (.list(let number), .list), (.set(let number), .set), (.dictionary(let number), .dictionary):
      pickle.members[Int(number)] += values
    default: throw damaged("adds members to what is no container of that kind")
    }
  }

  private mutating func recall(_ number: UInt64) throws {
    guard let value = memo[number] else { throw damaged("recalls value \(number), which it never kept") }
    stack.append(value)
  }

  /// Counts what is copied and not merely moved.
  mutating func charge(_ count: Int) throws {
    allowance -= count
    guard allowance >= 0 else { throw damaged("copies much more than its own length") }
  }

  func damaged(_ problem: String) -> PickleFailure {
    .damaged(path: pickle.place, offset: start, problem: problem)
  }

  // MARK: - Bytes

  private mutating func byte() throws -> UInt8 {
    guard at < pickle.byteCount else { throw damaged("ends without its last instruction") }
    defer { at += 1 }
    return pickle.storage[at]
  }

  /// A little-endian number of some bytes.
  mutating func number(_ width: Int) throws -> UInt64 {
    let bytes = pickle[try slice(width)]
    return bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// A length that is not beyond the end of the file.
  private mutating func count(_ width: Int) throws -> Int {
    let number = try number(width)
    guard number <= UInt64(pickle.byteCount - at) else { throw damaged("ends inside a value of \(number) bytes") }
    return Int(number)
  }

  /// The next bytes, where they lie.
  mutating func slice(_ count: Int) throws -> Pickle.Slice {
    guard count <= pickle.byteCount - at else { throw damaged("ends inside an instruction") }
    defer { at += count }
    return Pickle.Slice(start: UInt32(at), count: UInt32(count))
  }

  /// The bytes up to the end of the line, which is passed.
  mutating func line() throws -> ArraySlice<UInt8> {
    guard let end = pickle.storage[at..<pickle.byteCount].firstIndex(of: 10) else {
      throw damaged("ends inside a line")
    }
    defer { at = end + 1 }
    return pickle.storage[at..<end]
  }

  private mutating func memoNumber() throws -> UInt64 {
    guard let number = try line().integer, number >= 0 else { throw damaged("names no value to keep or recall") }
    return UInt64(number)
  }

  /// Keeps bytes that do not lie in the file as they are meant.
  mutating func keep(_ bytes: [UInt8]) throws -> Pickle.Slice {
    try charge(bytes.count)
    defer { pickle.storage += bytes }
    return Pickle.Slice(start: UInt32(pickle.storage.count), count: UInt32(bytes.count))
  }
}

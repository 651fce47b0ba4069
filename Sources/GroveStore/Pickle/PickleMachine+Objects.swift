extension PickleMachine {
  /// Instructions that name things of Python: data where the list of `PickleGlobal` knows them, refused otherwise.
  mutating func carryOutObject(_ opcode: PickleOpcode) throws {
    switch opcode {
    case .global:
      let module = try line().string
      push(.global(try known(module, try line().string)))
    case .stackGlobal:
      let name = try pop()
      guard let module = pickle.string(try pop()), let name = pickle.string(name) else {
        throw damaged("names no part of Python where one is due")
      }
      push(.global(try known(module, name)))
    case .reduce:
      let arguments = try pop()
      guard case .global(let function) = pickle[try pop()] else { throw damaged("calls what is no function") }
      push(try result(of: function, try items(arguments), in: arguments))
    case .newObject:
      let arguments = try pop()
      guard case .global(let type) = pickle[try pop()] else { throw damaged("makes an object of what is no type") }
      guard type == .sparseMatrix, try items(arguments).isEmpty else { throw refused("make an object of \(type.word)") }
      push(.matrix(state: nil))
    default: try build()
    }
  }

  private func known(_ module: String, _ name: String) throws -> PickleGlobal {
    guard let global = PickleGlobal(module: module, name: name) else {
      throw PickleFailure.refusedGlobal(path: pickle.place, offset: start, name: "\(module).\(name)")
    }
    return global
  }

  private func refused(_ use: String) -> PickleFailure {
    .refusedUse(path: pickle.place, offset: start, use: use)
  }

  private func items(_ arguments: Value) throws -> [Value] {
    guard case .tuple(let number) = pickle[arguments] else { throw damaged("gives no tuple of arguments") }
    return pickle.members[Int(number)]
  }

  private func isGlobal(_ value: Value, _ globals: PickleGlobal...) -> Bool {
    guard case .global(let global) = pickle[value] else { return false }
    return globals.contains(global)
  }

  /// The bytes of a string, which are not copied.
  private func slice(_ value: Value) -> Pickle.Slice? {
    switch pickle[value] {
    case .text(let slice), .bytes(let slice): slice
    default: nil
    }
  }

  /// What a call stands for; no function is called.
  private mutating func result(
    of function: PickleGlobal, _ arguments: [Value], in tuple: Value
  ) throws -> Pickle.Node {
    switch function {
    case .reconstructArray:
      guard arguments.count == 3, isGlobal(arguments[0], .array) else { throw refused("make an array of another type") }
      return .array(state: nil)
    case .arrayFromBuffer:
      guard arguments.count == 4 else { throw damaged("gives \(arguments.count) parts of an array, expected 4") }
      return .buffer(arguments: tuple)
    case .elementType:
      guard let code = arguments.first, slice(code) != nil else {
        throw refused("make an element type of several fields")
      }
      return .elementType(code: code, order: UInt8(ascii: "="))
    case .defaultDictionary:
      guard arguments.count <= 1, arguments.allSatisfy({ isGlobal($0, .list, .dictionary, .set) }) else {
        throw refused("make a dictionary of unknown defaults")
      }
      return .dictionary(container([]))
    case .list: return .list(container(try copied(arguments)))
    case .set: return .set(container(try copied(arguments)))
    case .dictionary:
      guard arguments.isEmpty else { throw refused("make a dictionary of something else") }
      return .dictionary(container([]))
    case .encode: return .bytes(try encoded(arguments))
    case .reconstructObject:
      guard arguments.count == 3, isGlobal(arguments[0], .sparseMatrix), isGlobal(arguments[1], .object) else {
        throw refused("make an object of an unknown type")
      }
      return .matrix(state: nil)
    case .array, .sparseMatrix, .object: throw refused("call \(function.word)")
    }
  }

  /// Members of the one list, tuple or set that a list or set is made of.
  private mutating func copied(_ arguments: [Value]) throws -> [Value] {
    guard let source = arguments.first else { return [] }
    switch pickle[source] {
    case .list(let number), .tuple(let number), .set(let number):
      guard arguments.count == 1 else { break }
      let items = pickle.members[Int(number)]
      try charge(items.count)
      return items
    default: break
    }
    throw refused("make a list or set of something else")
  }

  /// Bytes that Python 3 wrote as text of Latin-1, as protocols without bytes ask it to.
  private mutating func encoded(_ arguments: [Value]) throws -> Pickle.Slice {
    guard arguments.count == 2, case .text(let text) = pickle[arguments[0]],
      let encoding = slice(arguments[1]),
      ["latin1", "latin-1"].contains(where: { pickle[encoding].elementsEqual($0.utf8) })
    else { throw refused("encode text as anything but Latin-1") }
    let bytes = pickle[text]
    try charge(bytes.count)
    if bytes.allSatisfy({ $0 < 128 }) { return text }
    var decoded: [UInt8] = []
    for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
      guard let byte = UInt8(exactly: scalar.value) else { throw damaged("holds bytes that are no Latin-1") }
      decoded.append(byte)
    }
    return try keep(decoded)
  }

  /// Gives the object on top of the stack its state.
  private mutating func build() throws {
    let state = try pop()
    let target = try top()
    switch pickle[target] {
    case .array:
      guard case .tuple = pickle[state] else { throw damaged("gives an array no tuple for a state") }
      pickle.nodes[Int(target)] = .array(state: state)
    case .elementType(let code, _):
      let parts = try items(state)
      guard parts.count >= 2, let text = slice(parts[1]), let order = pickle[text].first, "<>|=".utf8.contains(order)
      else {
        throw damaged("gives an element type no byte order")
      }
      pickle.nodes[Int(target)] = .elementType(code: code, order: order)
    case .matrix:
      guard case .dictionary = pickle[state] else { throw damaged("gives a sparse matrix no attributes") }
      pickle.nodes[Int(target)] = .matrix(state: state)
    default: throw refused("change the state of something else")
    }
  }
}

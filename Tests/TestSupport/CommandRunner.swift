import Foundation

/// What a child process left: its exit code and what it printed.
public struct CommandResult: Sendable {
  /// The exit code; 128 + n after a signal n.
  public let code: Int32
  /// Whether a signal ended it.
  public let wasKilled: Bool
  /// What it printed on standard output.
  public let output: String
  /// What it printed on standard error.
  public let errors: String

  /// Lines of standard output.
  public var outputLines: [String] { CommandResult.lines(output) }
  /// Lines of standard error.
  public var errorLines: [String] { CommandResult.lines(errors) }

  private static func lines(_ text: String) -> [String] {
    text.split(separator: "\n", omittingEmptySubsequences: false).dropLast(text.hasSuffix("\n") || text.isEmpty ? 1 : 0)
      .map(String.init)
  }

  /// The one JSON object that was printed, and nothing else.
  public func object() throws -> [String: Any] {
    guard outputLines.count == 1,
      let object = try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any]
    else { throw CommandProblem("not one JSON object on one line (exit \(code)): \(output) \(errors)") }
    return object
  }
}

/// A child process that could not be run as a test needs it.
public struct CommandProblem: Error, CustomStringConvertible {
  /// What went wrong.
  public let description: String
  init(_ description: String) { self.description = description }
}

/// A child process at work.
public final class RunningCommand: Sendable {
  /// The process's number.
  public let id: Int32
  private let scratch: ScratchFolder
  private let words: String

  /// Starts a program with nothing blocked and nothing ignored, its output going to files.
  ///
  /// - Parameters:
  ///   - folder: its working folder.
  ///   - environment: comes over this process's own; an empty value takes a variable away.
  public init(_ program: String, _ arguments: [String], in folder: String, environment: [String: String] = [:]) throws {
    scratch = try ScratchFolder()
    words = ([program] + arguments).joined(separator: " ")
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, scratch.file("out"), O_WRONLY | O_CREAT | O_APPEND, 0o644)
    posix_spawn_file_actions_addopen(&actions, 2, scratch.file("err"), O_WRONLY | O_CREAT | O_APPEND, 0o644)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var (none, all) = (sigset_t(), sigset_t())
    sigemptyset(&none)
    sigfillset(&all)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
    let variables = ProcessInfo.processInfo.environment.merging(environment) { $1 }.filter { !$0.value.isEmpty }
    // `env` changes the folder and becomes the program.
    let argumentPointers = (["env", "-C", folder, program] + arguments).map { strdup($0) } + [nil]
    let variablePointers = variables.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for pointer in argumentPointers + variablePointers { free(pointer) } }
    var child: pid_t = 0
    let code = posix_spawnp(&child, "env", &actions, &attributes, argumentPointers, variablePointers)
    guard code == 0 else { throw CommandProblem("\(words): \(String(cString: strerror(code)))") }
    id = child
  }

  /// Sends a signal.
  public func send(_ signal: Int32) { kill(id, signal) }

  /// What was printed on standard error so far.
  public var errorsSoFar: String { text("err") }

  private func text(_ name: String) -> String {
    String(decoding: FileManager.default.contents(atPath: scratch.file(name)) ?? Data(), as: UTF8.self)
  }

  /// Waits for the end.
  ///
  /// To be called once.
  ///
  /// - Throws: `CommandProblem` where it takes longer than `seconds`; it is killed then.
  public func wait(atMost seconds: Double = 300) throws -> CommandResult {
    let start = Date()
    var status: Int32 = 0
    while true {
      let ended = waitpid(id, &status, WNOHANG)
      if ended == id { break }
      guard ended == 0 || errno == EINTR else { throw CommandProblem("\(words): lost") }
      if Date().timeIntervalSince(start) > seconds {
        kill(id, SIGKILL)
        waitpid(id, &status, 0)
        throw CommandProblem("\(words): still running after \(seconds) seconds: \(text("out")) \(text("err"))")
      }
      usleep(1000)
    }
    let signal = status & 0x7f
    return CommandResult(
      code: signal == 0 ? (status >> 8) & 0xff : 128 + signal, wasKilled: signal != 0, output: text("out"),
      errors: text("err"))
  }
}

/// The built program `grove`: `GROVE_BINARY`, else the one beside the running tests.
public enum GroveCommand {
  /// - Throws: `CommandProblem` where there is none; that is a failure, not a reason to skip.
  public static func path() throws -> String {
    if let named = ProcessInfo.processInfo.environment["GROVE_BINARY"], !named.isEmpty {
      guard access(named, X_OK) == 0 else { throw CommandProblem("GROVE_BINARY=\(named) cannot be run") }
      return named
    }
    let link = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    let beside = URL(fileURLWithPath: link).deletingLastPathComponent().appendingPathComponent("grove").path
    guard access(beside, X_OK) == 0 else {
      throw CommandProblem("no grove at \(beside); build it (swift build --product grove) or set GROVE_BINARY")
    }
    return beside
  }

  /// Starts `grove` with these words.
  public static func start(
    _ arguments: [String], in folder: String = "/tmp", environment: [String: String] = [:]
  ) throws -> RunningCommand {
    try RunningCommand(path(), arguments, in: folder, environment: environment)
  }

  /// Runs `grove` with these words to its end.
  public static func run(
    _ arguments: [String], in folder: String = "/tmp", environment: [String: String] = [:], atMost seconds: Double = 300
  ) throws -> CommandResult {
    try start(arguments, in: folder, environment: environment).wait(atMost: seconds)
  }
}

/// What a file holds, to be compared whole: a difference shows sizes and checksums, where one of `Data` would list
/// every byte.
public struct FileContents: Equatable, CustomStringConvertible {
  private let bytes: Data?

  /// The contents of a file, or none where there is no file.
  public init(_ path: String) { bytes = FileManager.default.contents(atPath: path) }

  /// Whether there is such a file and it holds something.
  public var isPresent: Bool { bytes?.isEmpty == false }

  /// Size and a checksum.
  public var description: String {
    guard let bytes else { return "no file" }
    let sum = bytes.reduce(UInt64(0xcbf2_9ce4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    return "\(bytes.count) bytes, \(String(sum, radix: 16))"
  }
}

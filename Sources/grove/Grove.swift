import ArgumentParser
import Foundation
import GroveKernels
import GroveLearning

/// The command line.
///
/// Its contract: exit codes by kind of failure, one line `grove: …` for an error on standard error.
@main
struct Grove: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "grove",
    abstract: "Graph learning for academic graphs, on the CPU.",
    discussion: "Example: grove train graphs/karate --model gcn --out run", version: GroveVersion.current,
    subcommands: [
      DataCommand.self, ImportCommand.self, StoreCommand.self, SplitCommand.self, TaskCommand.self, InspectCommand.self,
      EncodeCommand.self, SearchCommand.self,
      ModelsCommand.self, SamplersCommand.self, TrainCommand.self,
      EvaluateCommand.self, CompareCommand.self, PredictCommand.self, ExportCommand.self, VersionCommand.self,
    ])

  /// When the program began.
  static let start = Date()

  static func main() {
    _ = start
    do {
      try CPUPath.check(ProcessInfo.processInfo.environment["GROVE_CPU"])
      var command = try parseAsRoot()
      try command.run()
    } catch {
      end(with: error)
    }
  }

  /// Prints what happened and ends with the exit code of its kind.
  private static func end(with error: any Error) -> Never {
    switch error {
    case let failure as TrainingFailure:
      Notice.say(oneLine(failure.description))
      if case .interrupted = failure { Foundation.exit(130) }
      Foundation.exit(failure.kind.rawValue)
    case is CancellationError:
      Notice.say("interrupted; nothing was kept")
      Foundation.exit(130)
    case let stopped as EncodingInterrupted:
      Notice.say(stopped.description)
      Foundation.exit(130)
    case let failure as any Failure:
      Notice.say(oneLine(failure.description))
      Foundation.exit(failure.kind.rawValue)
    default:
      let code = exitCode(for: error)
      if code == .success {
        // Help and version texts come as errors too.
        print(fullMessage(for: error))
        Foundation.exit(0)
      }
      if code == .validationFailure {
        Notice.say("\(oneLine(message(for: error))); see \(namedCommand) --help")
        Foundation.exit(FailureKind.usage.rawValue)
      }
      Notice.say(oneLine("\(error)"))
      Foundation.exit(FailureKind.internalFault.rawValue)
    }
  }

  private static func oneLine(_ text: String) -> String {
    text.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }.joined(separator: " ")
  }

  /// The command that was asked for, as far as its words name one: `grove data get`.
  private static var namedCommand: String {
    var command: any ParsableCommand.Type = Grove.self
    var words = "grove"
    for word in CommandLine.arguments.dropFirst() {
      guard let next = command.configuration.subcommands.first(where: { $0._commandName == word }) else { break }
      command = next
      words += " " + word
    }
    return words
  }
}

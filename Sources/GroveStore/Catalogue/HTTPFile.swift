import Foundation
import FoundationNetworking
import GroveKernels

/// Files fetched over HTTP(S), by the environment's proxies and certificates.
enum HTTPFile {
  /// What a finished task left behind.
  private struct Outcome: Sendable {
    var address: URL?
    var failure: String?
  }

  /// Fetches an address into a file.
  ///
  /// - Returns: the address that answered, after redirections.
  /// - Throws: `FormatFailure.unreachable` where there is no answer or it is not 200; `FileFailure.cannotCreate`.
  static func fetch(_ address: URL, accept: String, to path: String, progress: @Sendable (Int, Int?) -> Void) throws
    -> URL
  {
    var request = URLRequest(url: address, cachePolicy: .reloadIgnoringLocalCacheData, timeoutInterval: 120)
    request.setValue(accept, forHTTPHeaderField: "Accept")
    request.setValue("grove", forHTTPHeaderField: "User-Agent")
    if let user = address.user {
      let words = "\(user):\(address.password ?? "")".removingPercentEncoding ?? ""
      request.setValue("Basic " + Data(words.utf8).base64EncodedString(), forHTTPHeaderField: "Authorization")
    }
    let outcome = Box()
    let done = DispatchSemaphore(value: 0)
    let session = URLSession(configuration: .ephemeral)
    defer { session.invalidateAndCancel() }
    let task = session.downloadTask(with: request) { file, response, error in
      outcome.value.withLock { $0 = finish(file, response, error, to: path) }
      done.signal()
    }
    task.resume()
    while done.wait(timeout: .now() + 0.2) == .timedOut {
      let expected = task.countOfBytesExpectedToReceive
      progress(Int(task.countOfBytesReceived), expected > 0 ? Int(expected) : nil)
    }
    let result = outcome.value.withLock { $0 }
    if let reason = result.failure {
      throw FormatFailure.unreachable(address: PackageIndex.shown(address.absoluteString), reason: reason)
    }
    let size = (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0
    progress(size, size)
    return result.address ?? address
  }

  /// Shared by the waiting thread and the session's.
  private final class Box: Sendable { let value = Guarded(Outcome()) }

  private static func finish(_ file: URL?, _ response: URLResponse?, _ error: (any Error)?, to path: String) -> Outcome
  {
    if let error { return Outcome(failure: plain(error.localizedDescription)) }
    guard let answer = response as? HTTPURLResponse, let file else { return Outcome(failure: "no answer") }
    guard answer.statusCode == 200 else { return Outcome(failure: "the answer is \(answer.statusCode)") }
    do {
      try? FileManager.default.removeItem(atPath: path)
      try FileManager.default.moveItem(at: file, to: URL(fileURLWithPath: path))
    } catch {
      return Outcome(failure: plain("it cannot be kept at \(path)"))
    }
    return Outcome(address: answer.url)
  }
}

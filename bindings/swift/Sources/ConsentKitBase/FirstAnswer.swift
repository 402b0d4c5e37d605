import Foundation

/// Where one task waits for an answer, or for its own cancellation: what comes first is taken, and what comes later is dropped.
///
/// For answers that come from code which cannot be stopped, or which may answer twice.
package final class FirstAnswer<Value: Sendable>: @unchecked Sendable {
    private let lock = NSLock()
    private var answer: Result<Value, any Error>?
    private var waiting: CheckedContinuation<Value, any Error>?

    package init() {}

    /// Gives an answer, from any thread.
    package func give(_ given: Result<Value, any Error>) {
        let waiting = lock.withLock { () -> CheckedContinuation<Value, any Error>? in
            guard answer == nil else { return nil }
            answer = given
            defer { self.waiting = nil }
            return self.waiting
        }
        waiting?.resume(with: given)
    }

    /// The first answer; `CancellationError` where the task was cancelled before it. Wait for it once.
    package func value() async throws -> Value {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let answer = lock.withLock { () -> Result<Value, any Error>? in
                    if self.answer == nil { waiting = continuation }
                    return self.answer
                }
                if let answer { continuation.resume(with: answer) }
            }
        } onCancel: {
            give(.failure(CancellationError()))
        }
    }
}

import ConsentKitBase
import Dispatch
import Foundation

/// Waits on a thread that may wait for the app's async code.
enum Waiting {
    /// What the code answered; nil where it did not within the milliseconds, or before the exchange was ended. It is told to stop then, and
    /// what it still says is dropped.
    static func answer<Value: Sendable>(
        within limit: Int, in exchange: Exchange? = nil, _ code: @escaping @Sendable () async throws -> Value
    ) -> Result<Value, any Error>? {
        if exchange?.isEnded == true { return nil }
        let box = Box<Value>()
        let task = Task.detached {
            do {
                box.put(.success(try await code()))
            } catch {
                box.put(.failure(error))
            }
        }
        let hearing = exchange.map { $0.whenEnded { box.wake() } }
        let answer = box.wait(limit)
        if let exchange, let hearing { exchange.forget(hearing) }
        if answer == nil { task.cancel() }
        return answer
    }

    private final class Box<Value: Sendable>: @unchecked Sendable {
        private let lock = NSLock()
        private let arrived = DispatchSemaphore(value: 0)
        private var value: Result<Value, any Error>?

        func put(_ value: Result<Value, any Error>) {
            lock.withLock { self.value = value }
            arrived.signal()
        }

        /// Ends the waiting, whether there is an answer or not.
        func wake() {
            arrived.signal()
        }

        func wait(_ limit: Int) -> Result<Value, any Error>? {
            guard arrived.wait(timeout: .now() + .milliseconds(max(limit, 0))) == .success else { return nil }
            return lock.withLock { value }
        }
    }
}

import ConsentKitBase
import Foundation

/// The exchange with the server that runs now, of the one that a file may have at a time.
///
/// The core holds a lock on the file while it syncs, and asks the app's code for the network on the same thread. So an exchange is ended by
/// not waiting for that code any more: the core then finds that the line is down, and lets go of the lock.
final class Exchanges: @unchecked Sendable {
    private let lock = NSCondition()
    private var running: Exchange?

    /// The one that the app's code is asked for at this moment.
    var current: Exchange? { lock.withLock { running } }

    /// Makes it the one that runs. Waits for one that was ended, and ends one that nobody asked for. False where another goes on.
    func begin(_ exchange: Exchange) -> Bool {
        while true {
            guard let other = current else {
                let isFirst = lock.withLock { () -> Bool in
                    guard running == nil else { return false }
                    running = exchange
                    return true
                }
                if isFirst { return true }
                continue
            }
            if other.isAutomatic && !exchange.isAutomatic { other.end() }
            guard other.isEnded, wait(for: other) else { return false }
        }
    }

    func finish(_ exchange: Exchange) {
        lock.withLock {
            guard running === exchange else { return }
            running = nil
            lock.broadcast()
        }
    }

    /// Ends the one that runs and waits until it is gone, so that a file that is opened next may sync at once.
    func end() {
        guard let other = current else { return }
        other.end()
        _ = wait(for: other)
    }

    /// How long an ended one may take to notice, seconds: no more than the disk needs to note what was sent.
    private static let patience: TimeInterval = 5

    private func wait(for exchange: Exchange) -> Bool {
        let latest = Date(timeIntervalSinceNow: Self.patience)
        lock.lock()
        defer { lock.unlock() }
        while running === exchange {
            if !lock.wait(until: latest) { return running !== exchange }
        }
        return true
    }
}

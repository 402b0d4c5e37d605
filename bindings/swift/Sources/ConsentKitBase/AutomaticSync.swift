import Dispatch
import Foundation

/// A moment at which a sync is worth while though nobody asked for one.
package enum SyncOccasion: Sendable {
    /// The app came back to the foreground.
    case foreground
    /// The network came back.
    case network
}

/// Tells of those moments: the system's notifications on a phone, a script in a test.
package protocol SyncOccasions: AnyObject, Sendable {
    /// Tells from now on, on any thread, until `end`.
    func begin(_ happened: @escaping @Sendable (SyncOccasion) -> Void)
    func end()
}

/// Syncs by itself: at open, a second after a write, at the return to the foreground, and when the network comes back.
///
/// Before the first answer the core sends nothing, and one that meets another sync is silent. Its exchange gives way to one that the app
/// asks for.
final class AutomaticSync: @unchecked Sendable {
    /// How long it waits for further writes of the same form or screen, seconds.
    static let pause = 1.0
    /// Milliseconds that one may take; the same as where the app asks without a bound.
    private static let timeoutMs: Int64 = 60_000

    private let calls: Calls
    private let occasions: any SyncOccasions
    private let lock = NSLock()
    private var isDue = false
    private var isOver = false

    init(_ calls: Calls, _ occasions: any SyncOccasions) {
        self.calls = calls
        self.occasions = occasions
    }

    func begin() {
        occasions.begin { [weak self] in self?.run($0) }
        run(nil)
    }

    func end() {
        lock.withLock { isOver = true }
        occasions.end()
    }

    /// Further writes within the pause go with the same sync.
    func wrote() {
        let begins = lock.withLock { () -> Bool in
            defer { isDue = true }
            return !isDue && !isOver
        }
        guard begins else { return }
        DispatchQueue.global(qos: .utility).asyncAfter(deadline: .now() + Self.pause) { [weak self] in
            guard let self else { return }
            lock.withLock { isDue = false }
            run(nil)
        }
    }

    private func run(_ occasion: SyncOccasion?) {
        calls.beside { [weak self, calls] in
            // What was called before is about whoever was there then.
            calls.afterDisk()
            guard let self, !lock.withLock({ isOver }), !calls.isClosed else { return }
            do throws(ConsentError) {
                if occasion == .network { try calls.engine.connectivityRestored() }
                let report = try calls.engine.sync(timeoutMs: Self.timeoutMs, exchange: Exchange(isAutomatic: true))
                calls.board.show(calls.engine.snapshot())
                calls.tell(.synced(report))
            } catch {
                switch error {
                case .alreadySyncing, .noServer, .shutDown: break
                default: calls.tell(.failed(error))
                }
            }
        }
    }
}

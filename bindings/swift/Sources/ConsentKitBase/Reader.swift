import Foundation

/// Where one reader of `updates` finds the newest snapshot that it has not had yet.
///
/// A task is cancelled under a lock of Swift's own, and its handler runs there. So this lock is held for its fields alone: whoever waits is
/// resumed after it was let go, and the handler never meets a lock that somebody holds while resuming.
final class Reader: @unchecked Sendable {
    typealias Waiting = CheckedContinuation<Consent.Snapshot?, Never>

    private let lock = NSLock()
    /// Not handed out yet.
    private var newest: Consent.Snapshot?
    /// The place of the last one that was taken in: what was shown before it comes too late.
    private var last = 0
    private var waiting: [Waiting] = []
    private var isOver = false
    private let gone: @Sendable (ObjectIdentifier) -> Void

    /// - Parameter gone: Told once nobody reads any more.
    init(gone: @escaping @Sendable (ObjectIdentifier) -> Void) {
        self.gone = gone
    }

    deinit {
        gone(ObjectIdentifier(self))
    }

    /// Hands a snapshot to whoever waits, or keeps it for the next question. One that is older than what came before is dropped.
    func give(_ snapshot: Consent.Snapshot, number: Int) {
        let first = lock.withLock { () -> Waiting? in
            guard !isOver, number > last else { return nil }
            last = number
            if waiting.isEmpty {
                newest = snapshot
                return nil
            }
            return waiting.removeFirst()
        }
        first?.resume(returning: snapshot)
    }

    /// The next snapshot; nil once nothing follows.
    func next() async -> Consent.Snapshot? {
        await withCheckedContinuation { continuation in
            let (snapshot, isNow) = lock.withLock { () -> (Consent.Snapshot?, Bool) in
                if let newest {
                    self.newest = nil
                    return (newest, true)
                }
                if isOver { return (nil, true) }
                waiting.append(continuation)
                return (nil, false)
            }
            if isNow { continuation.resume(returning: snapshot) }
        }
    }

    /// Nothing follows what is kept.
    func end() {
        stop(keepingTheNewest: true)
    }

    /// The reader's task was cancelled: nothing is handed out any more.
    func cancel() {
        stop(keepingTheNewest: false)
    }

    private func stop(keepingTheNewest keeps: Bool) {
        let left = lock.withLock { () -> [Waiting] in
            isOver = true
            if !keeps { newest = nil }
            defer { waiting = [] }
            return waiting
        }
        left.forEach { $0.resume(returning: nil) }
    }
}

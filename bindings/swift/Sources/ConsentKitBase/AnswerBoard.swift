internal import CConsentKitAtomics
import Foundation

/// Keeps the newest snapshot where readers find it without waiting, and tells those who listen.
///
/// The lock guards everything but the table's words, which readers take without it.
final class AnswerBoard: @unchecked Sendable {
    enum Answer {
        case allowed, refused
        /// Time may have changed it.
        case ranOut
    }

    private let clock: (any ConsentClock)?
    /// The present table's address, an atomic word; 0 before the first snapshot.
    private let table: UnsafeMutablePointer<UInt64>
    private let lock = NSLock()
    private var shown: Snapshot?
    private var validUntil = Int64.max
    /// Every table there was: a reader may still be in an older one. A new one comes only with other purposes, so with a new policy.
    private var tables: [AnswerTable] = []
    /// The purposes of the last one.
    private var purposes: [String] = []
    private var listeners: [Int: AsyncStream<Snapshot>.Continuation] = [:]
    private var nextListener = 0
    private var ended = false

    init(clock: (any ConsentClock)?) {
        self.clock = clock
        table = .allocate(capacity: 1)
        table.initialize(to: 0)
    }

    deinit {
        tables.forEach { $0.free() }
        table.deallocate()
    }

    @inline(__always)
    func answer(_ purpose: String) -> Answer {
        let address = consentkit_load_acquire(table)
        guard address != 0, let slot = AnswerTable(address: UInt(address)).slot(of: purpose) else { return .refused }
        let state = consentkit_slot_state(slot)
        if state & AnswerTable.timed == 0 {
            return state == 0 ? .refused : .allowed
        }
        let answer = AnswerTable.read(slot)
        let time = now()
        guard answer.at <= time, time < answer.validUntil else { return .ranOut }
        return answer.allowed ? .allowed : .refused
    }

    /// The newest snapshot, while time has not changed any of its answers.
    func current() -> Snapshot? {
        lock.withLock {
            guard let shown else { return nil }
            let time = now()
            return shown.at <= time && time < validUntil ? shown : nil
        }
    }

    /// Takes over a snapshot, unless a newer one is here. True where it says something new.
    @discardableResult
    func show(_ snapshot: Snapshot) -> Bool {
        let (told, over) = lock.withLock { () -> (Bool, [AsyncStream<Snapshot>.Continuation]) in
            if let shown, snapshot.generation < shown.generation || (!shown.available && snapshot.available) {
                return (false, [])
            }
            let isNews = shown.map { $0.generation != snapshot.generation || $0.answers != snapshot.answers } ?? true
            write(snapshot)
            shown = snapshot
            guard isNews else { return (false, []) }
            // Under the lock, so that every listener hears in order. A listener's own code does not run in here.
            listeners.values.forEach { $0.yield(snapshot) }
            guard !snapshot.available else { return (true, []) }
            return (true, close())
        }
        over.forEach { $0.finish() }
        return told
    }

    func updates() -> AsyncStream<Snapshot> {
        AsyncStream(bufferingPolicy: .bufferingNewest(1)) { continuation in
            let over = lock.withLock { () -> Bool in
                if let shown { continuation.yield(shown) }
                guard !ended else { return true }
                let id = nextListener
                nextListener += 1
                listeners[id] = continuation
                continuation.onTermination = { [weak self] _ in self?.forget(id) }
                return false
            }
            if over { continuation.finish() }
        }
    }

    func end() {
        lock.withLock { close() }.forEach { $0.finish() }
    }

    private func forget(_ id: Int) {
        _ = lock.withLock { listeners.removeValue(forKey: id) }
    }

    /// The listeners that are to be told it is over: outside the lock, since that runs their ends at once.
    private func close() -> [AsyncStream<Snapshot>.Continuation] {
        ended = true
        defer { listeners = [:] }
        return Array(listeners.values)
    }

    private func write(_ snapshot: Snapshot) {
        let wanted = snapshot.answers.map(\.purpose)
        let present: AnswerTable
        if let last = tables.last, wanted == purposes {
            present = last
        } else {
            present = AnswerTable(purposes: wanted)
            tables.append(present)
            purposes = wanted
        }
        let timed = TimeWindow.changing(snapshot.answers)
        validUntil = .max
        for answer in snapshot.answers {
            let isTimed = timed.contains(answer.purpose)
            let end = answer.validUntil ?? .max
            present.write(answer.purpose, allowed: answer.allowed, timed: isTimed, validUntil: end, at: snapshot.at)
            validUntil = min(validUntil, end)
        }
        consentkit_store_release(table, UInt64(present.address))
    }

    @inline(__always)
    func now() -> Int64 {
        if let clock { return clock.now() }
        return consentkit_now()
    }
}

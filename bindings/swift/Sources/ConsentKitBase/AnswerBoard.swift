internal import CConsentKitAtomics
import Foundation

/// Keeps the newest snapshot where readers find it without waiting, and tells those who listen.
///
/// The lock guards everything but the table's words, which readers take without it. It is held for the fields alone: whoever listens is told
/// once it was let go, and the numbers keep that in order.
final class AnswerBoard: @unchecked Sendable {
    enum Verdict {
        case allowed, refused
        /// Time may have changed it.
        case ranOut
    }

    private let clock: (any ConsentClock)?
    /// The present table's address, an atomic word; 0 before the first snapshot.
    private let table: UnsafeMutablePointer<UInt64>
    private let lock = NSLock()
    private var shown: Consent.Snapshot?
    private var validUntil = Int64.max
    /// Every table there was: a reader may still be in an older one. A new one comes only with other purposes, so with a new policy.
    private var tables: [AnswerTable] = []
    /// The purposes of the last one.
    private var purposes: [String] = []
    private var readers: [ObjectIdentifier: WeakReader] = [:]
    /// How many snapshots were told, so that a reader who is told of two at once keeps the newer.
    private var told = 0
    private var ended = false
    /// Set once, before the board has readers.
    var edge: TimeEdge?

    private struct WeakReader {
        weak var reader: Reader?
    }

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
    func answer(_ purpose: String) -> Verdict {
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
    func current() -> Consent.Snapshot? {
        lock.withLock {
            guard let shown else { return nil }
            let time = now()
            return shown.at <= time && time < validUntil ? shown : nil
        }
    }

    /// Takes over a snapshot, unless a newer one is here. True where it says something new.
    @discardableResult
    func show(_ snapshot: Consent.Snapshot) -> Bool {
        let news = lock.withLock { () -> (number: Int, readers: [Reader])? in
            if let shown, snapshot.generation < shown.generation || (shown.isOver && !snapshot.isOver) { return nil }
            let isNews = shown.map { $0.generation != snapshot.generation || $0.answers != snapshot.answers } ?? true
            write(snapshot)
            shown = snapshot
            guard isNews else { return nil }
            told += 1
            if snapshot.isOver { ended = true }
            return (told, listening)
        }
        plan()
        guard let news else { return false }
        news.readers.forEach { $0.give(snapshot, number: news.number) }
        if snapshot.isOver { news.readers.forEach { $0.end() } }
        return true
    }

    /// A clock for tests is moved by the test, which tells of it.
    private func plan() {
        guard let edge, clock == nil else { return }
        edge.plan(lock.withLock { ended ? .max : validUntil }, now: now())
    }

    func updates() -> AsyncStream<Consent.Snapshot> {
        let reader = Reader { [weak self] id in self?.forget(id) }
        let (snapshot, number, isOver) = lock.withLock { () -> (Consent.Snapshot?, Int, Bool) in
            if !ended { readers[ObjectIdentifier(reader)] = WeakReader(reader: reader) }
            return (shown, told, ended)
        }
        if let snapshot { reader.give(snapshot, number: number) }
        if isOver { reader.end() }
        return AsyncStream {
            await reader.next()
        } onCancel: { [weak reader] in
            reader?.cancel()
        }
    }

    func end() {
        let left = lock.withLock { () -> [Reader] in
            ended = true
            return listening
        }
        left.forEach { $0.end() }
    }

    private var listening: [Reader] {
        readers.values.compactMap(\.reader)
    }

    private func forget(_ id: ObjectIdentifier) {
        _ = lock.withLock { readers.removeValue(forKey: id) }
    }

    private func write(_ snapshot: Consent.Snapshot) {
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

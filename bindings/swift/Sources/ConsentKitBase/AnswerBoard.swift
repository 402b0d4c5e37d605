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
    /// When the last of the answers ends, an atomic word; the largest number where one has no end.
    private let unknownUntil: UnsafeMutablePointer<UInt64>
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
    /// The words of the handles, by purpose. One that no handle holds any more is dropped when the next ones are made.
    private var words: [String: WeakWord] = [:]
    /// How many words there may be before those that nobody holds are looked for.
    private var wordsBeforeTidying = AnswerBoard.fewWords
    private var isLetGo = false
    /// Where those who listen are told of what a reader found out: a reader waits for nobody.
    let telling = DispatchQueue(label: "dev.consentkit.telling", qos: .utility)
    /// Set once, before the board has readers.
    var edge: TimeEdge?

    /// More than any policy has purposes that an app asks for all the time.
    private static let fewWords = 64

    private struct WeakReader {
        weak var reader: Reader?
    }

    private struct WeakWord {
        weak var word: PurposeWord?
    }

    init(clock: (any ConsentClock)?) {
        self.clock = clock
        table = .allocate(capacity: 1)
        table.initialize(to: 0)
        unknownUntil = .allocate(capacity: 1)
        unknownUntil.initialize(to: UInt64(bitPattern: .max))
    }

    deinit {
        tables.forEach { $0.free() }
        table.deallocate()
        unknownUntil.deallocate()
    }

    @inline(__always)
    func answer(_ purpose: String) -> Verdict {
        let address = consentkit_load_acquire(table)
        guard address != 0 else { return .refused }
        guard let slot = AnswerTable(address: UInt(address)).slot(of: purpose) else {
            // A purpose that nobody knows yet may have come with an edition that is in force since every answer has run out. Where one of
            // them has no end, no edition is announced, and no clock is read.
            let until = Int64(bitPattern: consentkit_load_acquire(unknownUntil))
            return until == .max || now() < until ? .refused : .ranOut
        }
        return verdict(slot)
    }

    /// What the words of one purpose say now.
    @inline(__always)
    func verdict(_ slot: UnsafeMutablePointer<AnswerTable.Slot>) -> Verdict {
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
        guard let news = take(snapshot) else { return false }
        tell(news, snapshot)
        return true
    }

    /// The same for whoever only read and found that time has changed an answer: those who listen are told by another thread.
    func showFound(_ snapshot: Consent.Snapshot) {
        guard let news = take(snapshot) else { return }
        telling.async { [self] in tell(news, snapshot) }
    }

    private typealias News = (number: Int, readers: [Reader])

    private func take(_ snapshot: Consent.Snapshot) -> News? {
        let news = lock.withLock { () -> News? in
            if isLetGo { return nil }
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
        return news
    }

    private func tell(_ news: News, _ snapshot: Consent.Snapshot) {
        news.readers.forEach { $0.give(snapshot, number: news.number) }
        if snapshot.isOver { news.readers.forEach { $0.end() } }
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

    /// The `Consent` is gone: nobody can tell its handles of a withdrawal any more, so they answer no from now on.
    func letGo() {
        lock.withLock {
            isLetGo = true
            words.values.compactMap(\.word).forEach { AnswerTable.deny($0.slot) }
        }
        end()
    }

    /// The words of one purpose, the same for all of its handles, kept at what the newest snapshot says for as long as a handle holds them.
    func word(of purpose: String) -> PurposeWord {
        lock.withLock {
            if let known = words[purpose]?.word { return known }
            if words.count >= wordsBeforeTidying {
                words = words.filter { $0.value.word != nil }
                wordsBeforeTidying = max(words.count * 2, Self.fewWords)
            }
            let word = PurposeWord()
            tables.last?.copy(purpose, to: word.slot)
            words[purpose] = WeakWord(word: word)
            return word
        }
    }

    /// How many words are kept, for a test.
    var wordCount: Int { lock.withLock { words.count } }

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
        let last = snapshot.answers.map { $0.validUntil ?? .max }.max() ?? .max
        consentkit_store_release(unknownUntil, UInt64(bitPattern: last))
        consentkit_store_release(table, UInt64(present.address))
        for (purpose, weak) in words {
            if let word = weak.word { present.copy(purpose, to: word.slot) }
        }
    }

    @inline(__always)
    func now() -> Int64 {
        if let clock { return clock.now() }
        return consentkit_now()
    }
}

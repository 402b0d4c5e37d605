import Foundation

/// What a person allowed on this device, and what follows from it.
///
/// One value is one database file; an app keeps one. `allows`, `explain` and `snapshot` answer from memory on any thread, the main one
/// included. Everything `async` works on threads of its own: the caller's actor is free meanwhile. A task that is cancelled neither loses
/// nor doubles a change: what was called runs to its end. Only `sync` is not waited for then.
public final class Consent: Sendable {
    let engine: any ConsentEngine
    let board: AnswerBoard
    let calls: Calls
    private let subscription: any Sendable & AnyObject
    private let automatic: AutomaticSync?

    /// - Parameter occasions: When to sync unasked; nil for never.
    package init(
        engine: any ConsentEngine, clock: (any ConsentClock)?, log: (@Sendable (LogEvent) -> Void)?, occasions: (any SyncOccasions)? = nil
    ) {
        let board = AnswerBoard(clock: clock)
        let calls = Calls(engine: engine, board: board, log: log)
        self.engine = engine
        self.board = board
        self.calls = calls
        automatic = occasions.map { AutomaticSync(calls, $0) }
        // Weakly: the board holds it, and an engine that is still opening holds the board.
        board.edge = TimeEdge { [weak board, weak engine] in
            if let engine { board?.show(engine.snapshot()) }
        }
        subscription = engine.subscribe { board.show($0) }
        board.show(engine.snapshot())
        automatic?.begin()
    }

    deinit {
        automatic?.end()
        board.letGo()
    }

    /// May this be done now? Anything but a clear yes is a no: an unknown purpose, an unanswered question, before the file is open, after
    /// `close`.
    ///
    /// Answers from memory in nanoseconds, on any thread. Only where time can change the answer a clock is read, and only once the answer
    /// has run out the core is asked again.
    public func allows(_ purpose: String) -> Bool {
        switch board.answer(purpose) {
        case .allowed: true
        case .refused: false
        case .ranOut: renewed().allows(purpose)
        }
    }

    /// One purpose taken once and asked often: `PurposeHandle.allows` looks nothing up, and sees every change. Good for as long as this
    /// `Consent` is.
    public func purpose(_ purpose: String) -> PurposeHandle {
        PurposeHandle(purpose, of: self)
    }

    /// The same answer with every reason against it. Answers from memory.
    public func explain(_ purpose: String) -> Decision {
        let snapshot = snapshot
        guard let answer = snapshot[purpose] else {
            let reason: Reason = snapshot.isOpening ? .opening : snapshot.answers.isEmpty ? .storeUnavailable : .unknownPurpose
            return Decision(purpose: purpose, allowed: false, reasons: [reason], osBlocked: false)
        }
        return Decision(purpose: purpose, allowed: answer.allowed, reasons: answer.reasons, osBlocked: answer.osBlocked)
    }

    /// A reason as one sentence for a person or a privacy officer, in the language that was given at open: in the policy's own words where it
    /// has some (`reasons` of the document), or else in Korean for a `ko` language tag, in Japanese for `ja` and in English for any other. In
    /// the policy's own words the purpose that a `requires` names has its title. Answers from memory; before the file is open, and where it
    /// could not be opened, without the policy's words.
    public func text(of reason: Reason) -> String {
        engine.text(of: reason)
    }

    /// The present state of all purposes. Answers from memory.
    public var snapshot: Snapshot {
        board.current() ?? renewed()
    }

    /// The state now, and each one that follows; a reader that is slow gets the newest only. Ends with `close`, or when the last reference
    /// to this `Consent` goes. Each call gives a stream of its own.
    public var updates: AsyncStream<Snapshot> {
        board.updates()
    }

    /// Whether one purpose is allowed: now, and each time that this changes. Ends as `updates` does, after a last no.
    public func updates(for purpose: String) -> AsyncStream<Bool> {
        let snapshots = OneReader(board.updates(), purpose)
        return AsyncStream { await snapshots.next() }
    }

    /// Time by the clock that answers are read with, Unix milliseconds.
    var now: Int64 {
        board.now()
    }

    /// A write is on disk: what it queued is worth a sync.
    func wrote() {
        automatic?.wrote()
    }

    /// Runs what opens the file, before every call that reads or writes it.
    package func openFirst(_ open: @escaping @Sendable () -> Void) {
        calls.first(open)
    }

    /// Time may have passed: whoever listens hears what follows from it.
    package func timePassed() {
        if board.current() == nil { _ = renewed() }
    }

    /// The state by the engine, taken by whoever reads: it is shown to all readers, and another thread tells those who listen.
    func renewed() -> Snapshot {
        let snapshot = engine.snapshot()
        board.showFound(snapshot)
        return snapshot
    }
}

/// The answers about one purpose, each told once. One task reads it, as with every stream.
private final class OneReader: @unchecked Sendable {
    private var snapshots: AsyncStream<Consent.Snapshot>.AsyncIterator
    private let purpose: String
    private var last: Bool?

    init(_ snapshots: AsyncStream<Consent.Snapshot>, _ purpose: String) {
        self.snapshots = snapshots.makeAsyncIterator()
        self.purpose = purpose
    }

    func next() async -> Bool? {
        while let snapshot = await snapshots.next() {
            let allowed = snapshot.allows(purpose)
            if allowed == last { continue }
            last = allowed
            return allowed
        }
        return nil
    }
}

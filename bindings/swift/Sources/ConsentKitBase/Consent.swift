import Dispatch

/// What a person allowed on this device, and what follows from it.
///
/// One value is one database file; an app keeps one. `allows`, `explain` and `snapshot` answer from memory on any thread, the main one
/// included. Everything `async` works on threads of its own: the caller's actor is free meanwhile. A task that is cancelled neither loses
/// nor doubles a change: what was called runs to its end. Only `sync` is not waited for then.
public final class Consent: Sendable {
    let engine: any ConsentEngine
    let board: AnswerBoard
    private let subscription: any Sendable & AnyObject
    private let log: (@Sendable (LogEvent) -> Void)?
    /// One call at a time, in the order they were made: the core has one lock for the file.
    private let disk = DispatchQueue(label: "dev.consentkit.disk", qos: .userInitiated)
    /// For what waits on others: the network, the platform's provider.
    private let waiting = DispatchQueue(label: "dev.consentkit.waiting", qos: .utility, attributes: .concurrent)

    package init(engine: any ConsentEngine, clock: (any ConsentClock)?, log: (@Sendable (LogEvent) -> Void)?) {
        let board = AnswerBoard(clock: clock)
        self.engine = engine
        self.board = board
        self.log = log
        subscription = engine.subscribe { [log] snapshot in
            if board.show(snapshot) {
                log?(LogEvent(name: "changed", code: "ok"))
            }
        }
        board.show(engine.snapshot())
    }

    deinit {
        board.end()
    }

    /// May this be done now? Anything but a clear yes is a no: an unknown purpose, an unanswered question, after `shutdown`.
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

    /// The same answer with every reason against it. Answers from memory.
    public func explain(_ purpose: String) -> Decision {
        guard let answer = snapshot[purpose] else {
            return Decision(purpose: purpose, allowed: false, reasons: [.unknownPurpose], osBlocked: false)
        }
        return Decision(purpose: purpose, allowed: answer.allowed, reasons: answer.reasons, osBlocked: answer.osBlocked)
    }

    /// The present state of all purposes. Answers from memory.
    public var snapshot: Snapshot {
        board.current() ?? renewed()
    }

    /// The state now, and each one that follows; a reader that is slow gets the newest only. Ends with `shutdown`, or when the last
    /// reference to this `Consent` goes. Each call gives a stream of its own.
    public var updates: AsyncStream<Snapshot> {
        board.updates()
    }

    /// Time by the clock that answers are read with, Unix milliseconds.
    var now: Int64 {
        board.now()
    }

    private func renewed() -> Snapshot {
        let snapshot = engine.snapshot()
        board.show(snapshot)
        return snapshot
    }

    /// Runs a call that reads or writes the file, after those made before it.
    func onDisk<Value: Sendable>(
        _ name: String, _ call: @escaping @Sendable (any ConsentEngine) throws(ConsentError) -> Value
    ) async throws(ConsentError) -> Value {
        try await run(name, on: disk, call).get()
    }

    /// Runs a call that waits on the network or a provider.
    func onOthers<Value: Sendable>(
        _ name: String, code: @escaping @Sendable (Value) -> String = { _ in "ok" },
        _ call: @escaping @Sendable (any ConsentEngine) throws(ConsentError) -> Value
    ) async throws(ConsentError) -> Value {
        try await run(name, on: waiting, code: code, call).get()
    }

    /// The same, after the calls that were made before it and read or write the file: they are about whoever was there then.
    func onOthersAfterDisk<Value: Sendable>(
        _ name: String, _ call: @escaping @Sendable (any ConsentEngine) throws(ConsentError) -> Value
    ) async throws(ConsentError) -> Value {
        let disk = disk
        return try await onOthers(name) { engine throws(ConsentError) in
            disk.sync {}
            return try call(engine)
        }
    }

    /// The same as `onOthers`, but a task that is cancelled does not wait for the end of the call. One that was cancelled before does not begin it.
    func onOthersUnlessCancelled<Value: Sendable>(
        _ name: String, code: @escaping @Sendable (Value) -> String,
        _ call: @escaping @Sendable (any ConsentEngine) throws(ConsentError) -> Value
    ) async throws -> Value {
        try Task.checkCancellation()
        let answer = FirstAnswer<Value>()
        start(name, on: waiting, code: code, call) { result in answer.give(result.mapError { $0 }) }
        return try await answer.value()
    }

    private func run<Value: Sendable>(
        _ name: String, on queue: DispatchQueue, code: @escaping @Sendable (Value) -> String = { _ in "ok" },
        _ call: @escaping @Sendable (any ConsentEngine) throws(ConsentError) -> Value
    ) async -> Result<Value, ConsentError> {
        await withCheckedContinuation { continuation in
            start(name, on: queue, code: code, call) { continuation.resume(returning: $0) }
        }
    }

    /// Runs a call to its end, whoever still waits for it.
    private func start<Value: Sendable>(
        _ name: String, on queue: DispatchQueue, code: @escaping @Sendable (Value) -> String,
        _ call: @escaping @Sendable (any ConsentEngine) throws(ConsentError) -> Value,
        ended: @escaping @Sendable (Result<Value, ConsentError>) -> Void
    ) {
        queue.async { [self] in
            let result: Result<Value, ConsentError>
            do throws(ConsentError) {
                result = .success(try call(engine))
            } catch {
                result = .failure(error)
            }
            // Another thread may be the one that tells of our change: whoever wrote must read it at once.
            board.show(engine.snapshot())
            switch result {
            case .success(let value): log?(LogEvent(name: name, code: code(value)))
            case .failure(let error): log?(LogEvent(name: name, code: error.code))
            }
            ended(result)
        }
    }
}

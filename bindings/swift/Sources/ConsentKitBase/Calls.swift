import Dispatch
import Foundation

/// Runs the calls of one `Consent` on queues of its own, shows what each changed, and tells the app's log what became of it.
///
/// Nothing of ours is locked while a task is resumed or the log hears something.
final class Calls: @unchecked Sendable {
    typealias Call<Value> = @Sendable (any ConsentEngine) throws(ConsentError) -> Value
    typealias Telling<Value> = @Sendable (Value) -> Consent.LogEvent?

    let engine: any ConsentEngine
    let board: AnswerBoard
    private let log: (@Sendable (Consent.LogEvent) -> Void)?
    /// One call at a time, in the order they were made: the core has one lock for the file.
    private let disk = DispatchQueue(label: "dev.consentkit.disk", qos: .userInitiated)
    /// For what waits on others: the network, the platform's provider.
    private let waiting = DispatchQueue(label: "dev.consentkit.waiting", qos: .utility, attributes: .concurrent)
    private let lock = NSLock()
    private var closed = false

    init(engine: any ConsentEngine, board: AnswerBoard, log: (@Sendable (Consent.LogEvent) -> Void)?) {
        self.engine = engine
        self.board = board
        self.log = log
    }

    /// Runs a call that reads or writes the file, after those made before it.
    func onDisk<Value: Sendable>(telling event: String? = nil, _ call: @escaping Call<Value>) async throws(ConsentError) -> Value {
        try await run(on: disk, telling: { _ in event.map { Consent.LogEvent(name: $0) } }, call).get()
    }

    /// Runs a call that waits on a provider, after the calls that were made before it and read or write the file: they are about whoever
    /// was there then.
    func onOthers<Value: Sendable>(telling: @escaping Telling<Value>, _ call: @escaping Call<Value>) async throws(ConsentError) -> Value {
        try await run(on: waiting, telling: telling, afterDisk(call)).get()
    }

    /// The same, not waited for: whoever does is told through `ended`.
    func startOnOthers<Value: Sendable>(
        telling: @escaping Telling<Value>, _ call: @escaping Call<Value>, ended: @escaping @Sendable (Result<Value, ConsentError>) -> Void
    ) {
        start(on: waiting, telling: telling, call, ended: ended)
    }

    /// Closes the file. What is called from then on throws `.shutDown`, whatever its arguments are; closing once more does nothing.
    func close() async throws(ConsentError) {
        let result: Result<Void, ConsentError> = await withCheckedContinuation { continuation in
            disk.async { [self] in
                // What is closed already tells nobody: a log that closes would hear of it for ever.
                if isClosed { return continuation.resume(returning: .success(())) }
                let result = outcome { engine throws(ConsentError) in try engine.close() }
                let snapshot = engine.snapshot()
                // Also where it threw: what could not be recorded is lost then, and the file is closed all the same.
                lock.withLock { closed = closed || snapshot.isOver }
                board.show(snapshot)
                tell(result) { Consent.LogEvent(name: "closed") }
                continuation.resume(returning: result)
            }
        }
        try result.get()
    }

    /// Runs something on the disk's queue before every call that is made from now on.
    func first(_ work: @escaping @Sendable () -> Void) {
        disk.async(execute: work)
    }

    /// Runs something that is nobody's call, beside the calls on the file.
    func beside(_ work: @escaping @Sendable () -> Void) {
        waiting.async(execute: work)
    }

    /// Waits for the calls on the file that were made before.
    func afterDisk() {
        disk.sync {}
    }

    var isClosed: Bool { lock.withLock { closed } }

    func tell(_ event: Consent.LogEvent) {
        log?(event)
    }

    private func afterDisk<Value>(_ call: @escaping Call<Value>) -> Call<Value> {
        let disk = disk
        return { engine throws(ConsentError) in
            disk.sync {}
            return try call(engine)
        }
    }

    private func run<Value: Sendable>(
        on queue: DispatchQueue, telling: @escaping Telling<Value>, _ call: @escaping Call<Value>
    ) async -> Result<Value, ConsentError> {
        await withCheckedContinuation { continuation in
            start(on: queue, telling: telling, call) { continuation.resume(returning: $0) }
        }
    }

    /// Runs a call to its end, whoever still waits for it.
    private func start<Value: Sendable>(
        on queue: DispatchQueue, telling: @escaping Telling<Value>, _ call: @escaping Call<Value>,
        ended: @escaping @Sendable (Result<Value, ConsentError>) -> Void
    ) {
        queue.async { [self] in
            let result = isClosed ? .failure(.shutDown) : outcome(call)
            // Another thread may be the one that tells of our change: whoever wrote must read it at once.
            board.show(engine.snapshot())
            tell(result, telling)
            ended(result)
        }
    }

    private func outcome<Value>(_ call: Call<Value>) -> Result<Value, ConsentError> {
        do throws(ConsentError) {
            return .success(try call(engine))
        } catch {
            return .failure(error)
        }
    }

    private func tell<Value>(_ result: Result<Value, ConsentError>, _ telling: Telling<Value>) {
        switch result {
        case .success(let value): telling(value).map(tell)
        case .failure(let error): tell(.failed(error))
        }
    }
}

extension Consent.LogEvent {
    static func failed(_ error: ConsentError) -> Self {
        Self(name: "failed", codes: [error.code])
    }

    static func synced(_ report: Consent.SyncReport) -> Self {
        Self(name: "synced", codes: [report.state.rawValue] + report.troubles.map(\.code))
    }
}

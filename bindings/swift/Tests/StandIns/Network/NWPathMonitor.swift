import Foundation

/// Of the shape of Apple's.
public struct NWPath: Sendable {
    public enum Status: Sendable {
        case satisfied, unsatisfied, requiresConnection
    }

    public let status: Status
}

/// Of the shape of Apple's, with a script in place of a network.
public final class NWPathMonitor: @unchecked Sendable {
    private static let lock = NSLock()
    nonisolated(unsafe) private static var started: [NWPathMonitor] = []
    /// Those that were started and not cancelled. Tests run one after the other.
    public static var running: [NWPathMonitor] { lock.withLock { started } }

    public var pathUpdateHandler: ((_ path: NWPath) -> Void)?
    private var queue: DispatchQueue?

    public init() {}

    public func start(queue: DispatchQueue) {
        self.queue = queue
        Self.lock.withLock { Self.started.append(self) }
    }

    public func cancel() {
        Self.lock.withLock { Self.started.removeAll { $0 === self } }
    }

    /// What a test says of the network; it was heard when this returns, and nobody hears it after `cancel`.
    public func update(_ status: NWPath.Status) {
        guard Self.running.contains(where: { $0 === self }) else { return }
        queue?.sync { self.pathUpdateHandler?(NWPath(status: status)) }
    }
}

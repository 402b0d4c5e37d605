import Foundation

/// Of the shape of Apple's. The system, the app and a test touch it on threads of their own.
public class BGTask: NSObject, @unchecked Sendable {
    private let lock = NSLock()
    private var handler: (() -> Void)?
    private var ended: Bool?
    private var count = 0

    public var expirationHandler: (() -> Void)? {
        get { lock.withLock { handler } }
        set { lock.withLock { handler = newValue } }
    }

    public var completed: Bool? { lock.withLock { ended } }
    /// How often it was said; the system takes it once.
    public var completions: Int { lock.withLock { count } }

    public func setTaskCompleted(success: Bool) {
        lock.withLock {
            ended = success
            count += 1
        }
    }
}

public class BGAppRefreshTask: BGTask, @unchecked Sendable {}

public class BGTaskRequest: NSObject {
    public let identifier: String
    public var earliestBeginDate: Date?

    init(_ identifier: String) {
        self.identifier = identifier
    }
}

public class BGAppRefreshTaskRequest: BGTaskRequest {
    public init(identifier: String) {
        super.init(identifier)
    }
}

public class BGTaskScheduler: NSObject, @unchecked Sendable {
    public static let shared = BGTaskScheduler()
    private let lock = NSLock()
    private var requests: [BGTaskRequest] = []
    private var launches: [String: (BGTask) -> Void] = [:]

    public var submitted: [BGTaskRequest] { lock.withLock { requests } }
    public var handlers: [String: (BGTask) -> Void] { lock.withLock { launches } }

    public func register(forTaskWithIdentifier identifier: String, using queue: DispatchQueue?, launchHandler: @escaping (BGTask) -> Void) -> Bool {
        lock.withLock { launches[identifier] = launchHandler }
        return true
    }

    public func submit(_ request: BGTaskRequest) throws {
        lock.withLock { requests.append(request) }
    }
}

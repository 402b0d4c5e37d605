import Foundation

/// Of the shape of Apple's.
public class BGTask: NSObject, @unchecked Sendable {
    public var expirationHandler: (() -> Void)?
    public private(set) var completed: Bool?
    /// How often it was said; the system takes it once.
    public private(set) var completions = 0

    public func setTaskCompleted(success: Bool) {
        completed = success
        completions += 1
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
    public private(set) var submitted: [BGTaskRequest] = []
    public private(set) var handlers: [String: (BGTask) -> Void] = [:]

    public func register(forTaskWithIdentifier identifier: String, using queue: DispatchQueue?, launchHandler: @escaping (BGTask) -> Void) -> Bool {
        handlers[identifier] = launchHandler
        return true
    }

    public func submit(_ request: BGTaskRequest) throws {
        submitted.append(request)
    }
}

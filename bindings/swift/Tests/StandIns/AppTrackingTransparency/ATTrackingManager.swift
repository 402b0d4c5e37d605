import Foundation

/// Of the shape of Apple's, with a script in place of a person.
public class ATTrackingManager: NSObject {
    public enum AuthorizationStatus: UInt, Sendable {
        case notDetermined = 0
        case restricted = 1
        case denied = 2
        case authorized = 3
    }

    /// Called on any thread.
    public typealias Answer = (AuthorizationStatus) -> Void

    private static let lock = NSLock()
    nonisolated(unsafe) private static var status = AuthorizationStatus.notDetermined
    nonisolated(unsafe) private static var answers: [Answer] = []

    /// What a test says the system would do. Tests run one after the other; the app asks on any thread.
    public static var scriptedStatus: AuthorizationStatus {
        get { lock.withLock { status } }
        set { lock.withLock { status = newValue } }
    }

    /// The callbacks of prompts that are open.
    public static var open: [Answer] {
        get { lock.withLock { answers } }
        set { lock.withLock { answers = newValue } }
    }

    public class var trackingAuthorizationStatus: AuthorizationStatus { scriptedStatus }

    public class func requestTrackingAuthorization(completionHandler completion: @escaping Answer) {
        lock.withLock { answers.append(completion) }
    }
}

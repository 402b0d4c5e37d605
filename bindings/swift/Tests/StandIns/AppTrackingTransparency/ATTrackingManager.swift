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

    /// What a test says the system would do. Tests run one after the other.
    nonisolated(unsafe) public static var scriptedStatus = AuthorizationStatus.notDetermined
    /// The callbacks of prompts that are open.
    nonisolated(unsafe) public static var open: [Answer] = []

    public class var trackingAuthorizationStatus: AuthorizationStatus { scriptedStatus }

    public class func requestTrackingAuthorization(completionHandler completion: @escaping Answer) {
        open.append(completion)
    }
}

import Foundation

/// Of the shape of Apple's, with a script in place of a phone.
@MainActor
public class UIApplication: NSObject {
    public enum State: Int, Sendable {
        case active, inactive, background
    }

    public static let shared = UIApplication()
    nonisolated public static let didBecomeActiveNotification = Notification.Name("UIApplicationDidBecomeActiveNotification")
    nonisolated public static let openSettingsURLString = "app-settings:"

    public var applicationState = State.active

    /// The app comes to the front.
    public func activate(_ center: NotificationCenter) {
        applicationState = .active
        center.post(name: Self.didBecomeActiveNotification, object: self)
    }
}

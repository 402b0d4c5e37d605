import Foundation

/// Of the shape of Apple's, with a script in place of a device.
public class ASIdentifierManager: NSObject {
    private static let lock = NSLock()
    nonisolated(unsafe) private static var id = "00000000-0000-0000-0000-000000000000"
    nonisolated(unsafe) private static var count = 0

    /// What a test says the id is. The app reads it on any thread.
    public static var scripted: String {
        get { lock.withLock { id } }
        set { lock.withLock { id = newValue } }
    }

    public static var reads: Int {
        get { lock.withLock { count } }
        set { lock.withLock { count = newValue } }
    }

    nonisolated(unsafe) private static let one = ASIdentifierManager()

    public class func shared() -> ASIdentifierManager { one }

    public var advertisingIdentifier: UUID {
        let id = Self.lock.withLock { () -> String in
            Self.count += 1
            return Self.id
        }
        return UUID(uuidString: id)!
    }
}

import Foundation

/// Of the shape of Apple's, with a script in place of a device.
public class ASIdentifierManager: NSObject {
    nonisolated(unsafe) public static var scripted = "00000000-0000-0000-0000-000000000000"
    nonisolated(unsafe) public static var reads = 0
    nonisolated(unsafe) private static let one = ASIdentifierManager()

    public class func shared() -> ASIdentifierManager { one }

    public var advertisingIdentifier: UUID {
        Self.reads += 1
        return UUID(uuidString: Self.scripted)!
    }
}

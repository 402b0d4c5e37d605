// A product of its own, so that an app which never reads the id, one for children say, does not link AdSupport.
#if canImport(AppTrackingTransparency) && canImport(AdSupport)
import AdSupport
import AppTrackingTransparency
import ConsentKitBase

/// The advertising id of Apple's platforms, for `ConsentOptions.advertisingID`.
///
/// All zeros, as in the simulator and after a no, are no id (APL-6). It is read each time and never kept.
public struct AppleAdvertisingID: AdvertisingIDSource {
    /// Reads nothing yet.
    public init() {}

    /// The id, unless the person has not allowed tracking.
    public func advertisingID() async -> AdvertisingIDAnswer {
        let isAllowed = ATTrackingManager.trackingAuthorizationStatus == .authorized
        guard isAllowed else { return .id(value: "", limited: true) }
        return .id(value: ASIdentifierManager.shared().advertisingIdentifier.uuidString, limited: false)
    }
}
#endif

// Turns the core's signals into ours. No generated type appears in a public signature.
internal import ConsentKitFFI
import ConsentKitBase

extension Consent.Tracking {
    init(_ core: ConsentKitFFI.Tracking) {
        switch core {
        case .notDetermined: self = .notDetermined
        case .restricted: self = .restricted
        case .denied: self = .denied
        case .authorized: self = .authorized
        }
    }
}

extension AdvertisingIDUnavailable {
    init(_ core: ConsentKitFFI.AdIdUnavailable) {
        switch core {
        case .permissionMissing: self = .permissionMissing
        case .noPlayServices: self = .noPlayServices
        case .playServicesRepairable: self = .playServicesRepairable
        case .noProvider: self = .noProvider
        case .mainThread: self = .mainThread
        case .timedOut: self = .timedOut
        case .failed: self = .failed
        }
    }
}

extension AdvertisingIDSignal {
    init(_ core: ConsentKitFFI.AdIdSignal) {
        switch core {
        case .available: self = .available
        case .limited: self = .limited
        case .unavailable(let kind): self = .unavailable(kind: AdvertisingIDUnavailable(kind))
        }
    }
}

extension Consent.AgeBand {
    init(_ core: ConsentKitFFI.AgeBand) {
        switch core {
        case .unknown: self = .unknown
        case .below: self = .below
        case .above: self = .above
        }
    }
}

extension Consent.Guardian {
    init(_ core: ConsentKitFFI.Guardian) {
        switch core {
        case .notVerified: self = .notVerified
        case .verified: self = .verified
        }
    }
}

extension Consent.PushPermission {
    init(_ core: ConsentKitFFI.PushPermission) {
        switch core {
        case .notDetermined: self = .notDetermined
        case .denied: self = .denied
        case .granted: self = .granted
        }
    }
}

extension Consent.Signals {
    init(_ core: ConsentKitFFI.Signals) {
        self.init(
            tracking: core.tracking.map(Consent.Tracking.init),
            adID: core.adId.map(AdvertisingIDSignal.init),
            gpc: core.gpc,
            age: core.age.map(Consent.AgeBand.init),
            guardian: core.guardian.map(Consent.Guardian.init),
            push: core.push.map(Consent.PushPermission.init)
        )
    }
}

extension Consent.Prompt {
    init(_ core: ConsentKitFFI.Prompt) {
        switch core {
        case .tracking: self = .tracking
        case .push: self = .push
        }
    }
}

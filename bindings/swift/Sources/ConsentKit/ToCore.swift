// Turns our values into the core's. No generated type appears in a public signature.
internal import ConsentKitFFI
import ConsentKitBase

extension ConsentKitFFI.ChoiceKind {
    init(_ ours: Consent.ChoiceKind) {
        switch ours {
        case .granted: self = .granted
        case .refused: self = .refused
        case .withdrawn: self = .withdrawn
        }
    }
}

extension ConsentKitFFI.Method {
    init(_ ours: Consent.Method) {
        switch ours {
        case .toggle: self = .toggle
        case .dialog: self = .dialog
        case .guardian: self = .guardian
        case .import: self = .import
        case .web: self = .web
        case .call: self = .call
        }
    }
}

extension ConsentKitFFI.Actor {
    init(_ ours: Consent.Actor) {
        switch ours {
        case .person: self = .person
        case .guardian: self = .guardian
        case .agent: self = .agent
        case .operator: self = .operator
        }
    }
}

extension ConsentKitFFI.Answer {
    init(_ ours: Consent.Answer) {
        self.init(
            purpose: ours.purpose,
            choice: ConsentKitFFI.ChoiceKind(ours.choice),
            method: ConsentKitFFI.Method(ours.method),
            actor: ConsentKitFFI.Actor(ours.actor)
        )
    }
}

extension ConsentKitFFI.ImportChoice {
    init(_ ours: Consent.ImportChoice) {
        self.init(
            purpose: ours.purpose,
            choice: ConsentKitFFI.ChoiceKind(ours.choice),
            saidAt: ours.saidAt,
            source: ours.source,
            textVersion: ours.textVersion,
            actor: ours.actor.map(ConsentKitFFI.Actor.init)
        )
    }
}

extension ConsentKitFFI.Platform {
    init(_ ours: Consent.Platform) {
        switch ours {
        case .ios: self = .ios
        case .android: self = .android
        case .harmony: self = .harmony
        case .fireOS: self = .fireOs
        case .desktop: self = .desktop
        }
    }
}

extension ConsentKitFFI.Tracking {
    init(_ ours: Consent.Tracking) {
        switch ours {
        case .notDetermined: self = .notDetermined
        case .restricted: self = .restricted
        case .denied: self = .denied
        case .authorized: self = .authorized
        }
    }
}

extension ConsentKitFFI.AdIdUnavailable {
    init(_ ours: AdvertisingIDUnavailable) {
        switch ours {
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

extension ConsentKitFFI.AdIdSignal {
    init(_ ours: AdvertisingIDSignal) {
        switch ours {
        case .available: self = .available
        case .limited: self = .limited
        case .unavailable(let kind): self = .unavailable(kind: ConsentKitFFI.AdIdUnavailable(kind))
        }
    }
}

extension ConsentKitFFI.AgeBand {
    init(_ ours: Consent.AgeBand) {
        switch ours {
        case .unknown: self = .unknown
        case .below: self = .below
        case .above: self = .above
        }
    }
}

extension ConsentKitFFI.Guardian {
    init(_ ours: Consent.Guardian) {
        switch ours {
        case .notVerified: self = .notVerified
        case .verified: self = .verified
        }
    }
}

extension ConsentKitFFI.PushPermission {
    init(_ ours: Consent.PushPermission) {
        switch ours {
        case .notDetermined: self = .notDetermined
        case .denied: self = .denied
        case .granted: self = .granted
        }
    }
}

extension ConsentKitFFI.Signals {
    init(_ ours: Consent.Signals) {
        self.init(
            tracking: ours.tracking.map(ConsentKitFFI.Tracking.init),
            adId: ours.adID.map(ConsentKitFFI.AdIdSignal.init),
            gpc: ours.gpc,
            age: ours.age.map(ConsentKitFFI.AgeBand.init),
            guardian: ours.guardian.map(ConsentKitFFI.Guardian.init),
            push: ours.push.map(ConsentKitFFI.PushPermission.init)
        )
    }
}

extension ConsentKitFFI.AdIdAnswer {
    init(_ ours: AdvertisingIDAnswer) {
        switch ours {
        case .id(let value, let limited): self = .id(value: value, limited: limited)
        case .unavailable(let kind): self = .unavailable(kind: ConsentKitFFI.AdIdUnavailable(kind))
        }
    }
}

extension ConsentKitFFI.HttpHeader {
    init(_ ours: Consent.HTTPHeader) {
        self.init(name: ours.name, value: ours.value)
    }
}

extension ConsentKitFFI.HttpResponse {
    init(_ ours: Consent.HTTPResponse) {
        self.init(
            status: Int32(clamping: ours.status),
            headers: ours.headers.map(ConsentKitFFI.HttpHeader.init),
            body: ours.body
        )
    }
}

extension ConsentKitFFI.AskAgain {
    init(_ ours: Consent.AskAgain) {
        switch ours {
        case .policyChanged: self = .policyChanged
        case .expired: self = .expired
        case .staleGrant: self = .staleGrant
        case .restored: self = .restored
        case .undated: self = .undated
        case .adIDChanged: self = .adIdChanged
        case .notByGuardian: self = .notByGuardian
        case .rejected: self = .rejected
        case .unproven: self = .unproven
        case .impossibleDate: self = .impossibleDate
        }
    }
}

extension ConsentKitFFI.Reason {
    init(_ ours: Consent.Reason) {
        switch ours {
        case .unknownPurpose: self = .unknownPurpose
        // The core is there only once the file is open, so it has no word of its own for the time before.
        case .storeUnavailable, .opening: self = .storeUnavailable
        case .guardianRequired: self = .guardianRequired
        case .child: self = .child
        case .osDenied: self = .osDenied
        case .osRestricted: self = .osRestricted
        case .osNotDetermined: self = .osNotDetermined
        case .adIDLimited: self = .adIdLimited
        case .adIDUnavailable(let kind): self = .adIdUnavailable(kind: ConsentKitFFI.AdIdUnavailable(kind))
        case .gpc: self = .gpc
        case .requires(let purpose): self = .requires(purpose: purpose)
        case .notPulled: self = .notPulled
        case .notAnswered: self = .notAnswered
        case .refused: self = .refused
        case .withdrawn: self = .withdrawn
        case .askAgain(let cause): self = .askAgain(cause: ConsentKitFFI.AskAgain(cause))
        case .night: self = .night
        case .zoneUnknown: self = .zoneUnknown
        }
    }
}

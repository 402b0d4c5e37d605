// Turns the core's values into ours. No generated type appears in a public signature.
internal import ConsentKitFFI
import ConsentKitBase

extension Consent.ChoiceKind {
    init(_ core: ConsentKitFFI.ChoiceKind) {
        switch core {
        case .granted: self = .granted
        case .refused: self = .refused
        case .withdrawn: self = .withdrawn
        }
    }
}

extension Consent.Status {
    init(_ core: ConsentKitFFI.Status) {
        switch core {
        case .notAnswered: self = .notAnswered
        case .granted: self = .granted
        case .refused: self = .refused
        case .withdrawn: self = .withdrawn
        }
    }
}

extension Consent.Method {
    init(_ core: ConsentKitFFI.Method) {
        switch core {
        case .toggle: self = .toggle
        case .dialog: self = .dialog
        case .guardian: self = .guardian
        case .import: self = .import
        case .web: self = .web
        case .call: self = .call
        }
    }
}

extension Consent.Actor {
    init(_ core: ConsentKitFFI.Actor) {
        switch core {
        case .person: self = .person
        case .guardian: self = .guardian
        case .agent: self = .agent
        case .operator: self = .operator
        }
    }
}

extension Consent.ReceiptItem {
    init(_ core: ConsentKitFFI.ReceiptItem) {
        self.init(purpose: core.purpose, choice: Consent.ChoiceKind(core.choice), op: core.op, seq: core.seq, hash: core.hash)
    }
}

extension Consent.Receipt {
    init(_ core: ConsentKitFFI.Receipt) {
        self.init(items: core.items.map(Consent.ReceiptItem.init), at: core.at, pending: core.pending)
    }
}

extension Consent.AskAgain {
    init(_ core: ConsentKitFFI.AskAgain) {
        switch core {
        case .policyChanged: self = .policyChanged
        case .expired: self = .expired
        case .staleGrant: self = .staleGrant
        case .restored: self = .restored
        case .undated: self = .undated
        case .adIdChanged: self = .adIDChanged
        case .notByGuardian: self = .notByGuardian
        case .rejected: self = .rejected
        case .unproven: self = .unproven
        case .impossibleDate: self = .impossibleDate
        }
    }
}

extension Consent.Reason {
    init(_ core: ConsentKitFFI.Reason) {
        switch core {
        case .unknownPurpose: self = .unknownPurpose
        case .storeUnavailable: self = .storeUnavailable
        case .guardianRequired: self = .guardianRequired
        case .child: self = .child
        case .osDenied: self = .osDenied
        case .osRestricted: self = .osRestricted
        case .osNotDetermined: self = .osNotDetermined
        case .adIdLimited: self = .adIDLimited
        case .adIdUnavailable(let kind): self = .adIDUnavailable(kind: AdvertisingIDUnavailable(kind))
        case .gpc: self = .gpc
        case .requires(let purpose): self = .requires(purpose: purpose)
        case .notPulled: self = .notPulled
        case .notAnswered: self = .notAnswered
        case .refused: self = .refused
        case .withdrawn: self = .withdrawn
        case .askAgain(let cause): self = .askAgain(cause: Consent.AskAgain(cause))
        case .night: self = .night
        case .zoneUnknown: self = .zoneUnknown
        }
    }
}

extension Consent.Decision {
    init(_ core: ConsentKitFFI.Decision) {
        self.init(
            purpose: core.purpose,
            allowed: core.allowed,
            reasons: core.reasons.map(Consent.Reason.init),
            osBlocked: core.osBlocked
        )
    }
}

extension Consent.StateAt {
    init(_ core: ConsentKitFFI.StateAt) {
        self.init(at: core.at, policyVersion: core.policyVersion, decisions: core.decisions.map(Consent.Decision.init))
    }
}

extension Consent.Why {
    init(_ core: ConsentKitFFI.Why) {
        switch core {
        case .firstTime: self = .firstTime
        case .askAgain(let cause): self = .askAgain(cause: Consent.AskAgain(cause))
        case .answered: self = .answered
        case .mayObject: self = .mayObject
        }
    }
}

extension Consent.Question {
    init(_ core: ConsentKitFFI.Question) {
        self.init(purpose: core.purpose, why: Consent.Why(core.why), status: Consent.Status(core.status), notice: Consent.Notice(core.notice))
    }
}

extension Consent.Questions {
    init(_ core: ConsentKitFFI.Questions) {
        self.init(
            shown: Consent.Shown(rawValue: core.shown),
            surface: core.surface,
            language: core.language,
            due: core.due,
            pullFirst: core.pullFirst,
            questions: core.questions.map(Consent.Question.init)
        )
    }
}

extension Consent.NoticeThirdParty {
    init(_ core: ConsentKitFFI.NoticeThirdParty) {
        self.init(
            recipient: core.recipient,
            usedFor: core.usedFor,
            items: core.items,
            retention: core.retention,
            refusal: core.refusal
        )
    }
}

extension Consent.NoticeTransfer {
    init(_ core: ConsentKitFFI.NoticeTransfer) {
        self.init(
            items: core.items,
            country: core.country,
            when: core.when,
            method: core.method,
            recipient: core.recipient,
            contact: core.contact,
            usedFor: core.usedFor,
            retention: core.retention,
            refusal: core.refusal
        )
    }
}

extension Consent.Notice {
    init(_ core: ConsentKitFFI.Notice) {
        self.init(
            purpose: core.purpose,
            language: core.language,
            title: core.title,
            usedFor: core.usedFor,
            items: core.items,
            retention: core.retention,
            refusal: core.refusal,
            optional: core.optional,
            thirdParties: core.thirdParties.map(Consent.NoticeThirdParty.init),
            transfers: core.transfers.map(Consent.NoticeTransfer.init),
            requires: core.requires,
            vendors: core.vendors
        )
    }
}

extension Consent.ImportReceipt {
    init(_ core: ConsentKitFFI.ImportReceipt) {
        self.init(imported: core.imported.map(Consent.ReceiptItem.init), kept: core.kept)
    }
}

extension Consent.HistoryEntry {
    init(_ core: ConsentKitFFI.HistoryEntry) {
        self.init(
            seq: core.seq,
            at: core.at,
            offset: Int(core.offset),
            kind: core.kind,
            purpose: core.purpose,
            status: core.status.map(Consent.Status.init),
            actor: core.actor.map(Consent.Actor.init),
            method: core.method.map(Consent.Method.init),
            policyVersion: core.policyVersion,
            text: core.text,
            language: core.language,
            edition: core.edition,
            signedIn: core.signedIn,
            source: core.source,
            saidAt: core.saidAt
        )
    }
}

extension Consent.AnnouncedEdition {
    init(_ core: ConsentKitFFI.AnnouncedEdition) {
        self.init(
            edition: core.edition,
            version: core.version,
            from: core.from,
            daysLeft: core.daysLeft,
            changes: core.changes.map(Consent.PolicyChange.init),
            asksAgain: core.asksAgain,
            asksFirst: core.asksFirst,
            policy: Consent.PolicyView(core.policy)
        )
    }
}

extension Consent.PolicyChange {
    init(_ core: ConsentKitFFI.PolicyChange) {
        self.init(pointer: core.pointer, old: core.old, new: core.new, material: core.material, purposes: core.purposes)
    }
}

extension Consent.VerificationFault {
    init(_ core: ConsentKitFFI.VerificationFault) {
        self.init(seq: core.seq, what: core.what)
    }
}

extension Consent.Verification {
    init(_ core: ConsentKitFFI.Verification) {
        self.init(ok: core.ok, records: core.records, fault: core.fault.map(Consent.VerificationFault.init))
    }
}

extension Consent.ChangeKind {
    init(_ core: ConsentKitFFI.ChangeKind) {
        switch core {
        case .choice: self = .choice
        case .import: self = .import
        case .signal: self = .signal
        case .link: self = .link
        case .merge: self = .merge
        case .relay: self = .relay
        }
    }
}

extension Consent.PendingChange {
    init(_ core: ConsentKitFFI.PendingChange) {
        self.init(
            kind: Consent.ChangeKind(core.kind),
            purpose: core.purpose,
            op: core.op,
            seq: core.seq,
            lowers: core.lowers,
            stuck: core.stuck
        )
    }
}

extension Consent.SyncState {
    init(_ core: ConsentKitFFI.SyncState) {
        switch core {
        case .quiet: self = .quiet
        case .upToDate: self = .upToDate
        case .waiting: self = .waiting
        }
    }
}

extension Consent.Trouble {
    init(_ core: ConsentKitFFI.Trouble) {
        switch core {
        case .offline: self = .offline
        case .serverBusy(let status): self = .serverBusy(status: Int(status))
        case .unauthorised: self = .unauthorised
        case .configuration(let status): self = .configuration(status: Int(status))
        case .portal(let status): self = .portal(status: Int(status))
        case .unexpectedStatus(let status): self = .unexpectedStatus(status: Int(status))
        case .malformedAnswer(let fault): self = .malformedAnswer(fault: fault)
        case .answerTooLarge: self = .answerTooLarge
        case .noProgress: self = .noProgress
        case .tooMuchTold: self = .tooMuchTold
        case .conflict: self = .conflict
        case .stuck: self = .stuck
        case .paused: self = .paused
        }
    }
}

extension Consent.SyncReport {
    init(_ core: ConsentKitFFI.SyncReport) {
        self.init(
            state: Consent.SyncState(core.state),
            acknowledged: core.acknowledged,
            pending: core.pending,
            stuck: core.stuck,
            troubles: core.troubles.map(Consent.Trouble.init),
            retryAt: core.retryAt,
            serverLostData: core.serverLostData,
            restored: core.restored,
            clockSkew: core.clockSkew,
            policyChanged: core.policyChanged,
            unknownPurposes: core.unknownPurposes,
            policyAnnounced: core.policyAnnounced,
            policyFaults: core.policyFaults.map(Consent.PolicyFault.init)
        )
    }
}

extension Consent.SignOutReport {
    init(_ core: ConsentKitFFI.SignOutReport) {
        self.init(
            sync: core.sync.map(Consent.SyncReport.init),
            waiting: core.waiting.map(Consent.PendingChange.init),
            failure: core.failure
        )
    }
}

extension Consent.DenialKind {
    init(_ core: ConsentKitFFI.DenialKind) {
        switch core {
        case .no: self = .no
        case .import: self = .import
        case .tracking: self = .tracking
        case .advertisingId: self = .advertisingID
        case .anotherAdvertisingId: self = .anotherAdvertisingID
        case .gpc: self = .gpc
        case .age: self = .age
        case .guardian: self = .guardian
        case .signOut: self = .signOut
        case .signIn: self = .signIn
        case .policy: self = .policy
        }
    }
}

extension Consent.Unrecorded {
    init(_ core: ConsentKitFFI.Unrecorded) {
        self.init(kind: Consent.DenialKind(core.kind), purpose: core.purpose, since: core.since)
    }
}

extension Consent.RolledBack {
    init(_ core: ConsentKitFFI.RolledBack) {
        self.init(records: core.records, since: core.since, seq: core.seq)
    }
}

extension Consent.Recovered {
    init(_ core: ConsentKitFFI.Recovered) {
        self.init(records: core.records, lost: core.lost, noes: core.noes, aside: core.aside)
    }
}

extension Consent.HTTPHeader {
    init(_ core: ConsentKitFFI.HttpHeader) {
        self.init(name: core.name, value: core.value)
    }
}

extension Consent.HTTPRequest {
    init(_ core: ConsentKitFFI.HttpRequest) {
        self.init(
            method: core.method,
            url: core.url,
            headers: core.headers.map(Consent.HTTPHeader.init),
            body: core.body,
            timeoutMs: core.timeoutMs,
            maxResponseBytes: core.maxResponseBytes
        )
    }
}

extension Consent {
    /// What a change is.
    public enum ChangeKind: String, CaseIterable, Sendable {
        /// A choice.
        case choice
        /// A consent from an older store.
        case `import`
        /// What the platform says, or what is known of the person's age: after an opt-out the server drops what is linked.
        case signal
        /// An account's subject reference is made known.
        case link
        /// Anonymous answers are brought into the account.
        case merge
        /// A withdrawal made elsewhere that the server lost, and that this phone sends again.
        case relay
    }

    /// A change that the server has not acknowledged.
    public struct PendingChange: Sendable, Hashable {
        /// What it is.
        public let kind: ChangeKind
        /// The purpose; empty for signals, links and merges.
        public let purpose: String
        /// Name of the operation.
        public let op: String
        /// Position in the ledger.
        public let seq: Int64
        /// True for what takes a permission away: a refusal, a withdrawal, a person below the age of consent.
        public let lowers: Bool
        /// Stable code of why the server did not take it; nil while it simply waits.
        public let stuck: String?

        /// All fields, in their order.
        public init(kind: ChangeKind, purpose: String, op: String, seq: Int64, lowers: Bool, stuck: String? = nil) {
            self.kind = kind
            self.purpose = purpose
            self.op = op
            self.seq = seq
            self.lowers = lowers
            self.stuck = stuck
        }
    }

    /// How a sync ended. What an account that signed out granted, and the word that it was signed in here, may wait in either case until it signs
    /// in again: see `pending`.
    public enum SyncState: String, CaseIterable, Sendable {
        /// Nothing was answered yet and nobody signed in: nothing may be sent (KR-19).
        case quiet
        /// Everything that could be sent was, and the server's states are here.
        case upToDate = "up_to_date"
        /// Something waits: `troubles` says why, `retryAt` until when.
        case waiting
    }

    /// Why changes are not getting through. They are kept on the device all the while.
    public enum Trouble: Sendable, Hashable {
        /// The server cannot be reached. Tried again by itself.
        case offline
        /// The server is busy or broken. Tried again by itself.
        case serverBusy(status: Int)
        /// The server does not accept the token, also not a fresh one. Nothing is sent for this subject until the next sync.
        case unauthorised
        /// The server's address or set-up is wrong: whoever runs it has to act. Tried again daily, and hourly where it may yet be a
        /// portal or the server answered before.
        case configuration(status: Int)
        /// Something else answers in the server's place, as the log-in page of a hotel's network does: this server answered rightly before,
        /// so its address is not wrong. Tried again by itself, within minutes.
        case portal(status: Int)
        /// The server answered with a status that has no meaning here. Tried again by itself.
        case unexpectedStatus(status: Int)
        /// The server said yes, but its answer cannot be believed. Tried again by itself.
        case malformedAnswer(fault: String)
        /// The answer is too large, even for a single state. Tried again by itself.
        case answerTooLarge
        /// The server answered well but took up nothing. Tried again by itself.
        case noProgress
        /// The server told more than this device records in a day, so some of its states are not here yet; what they take away is. They
        /// are asked for again at every sync, and recorded as days pass.
        case tooMuchTold
        /// The server keeps reporting a conflict. Tried again by itself.
        case conflict
        /// The server could not or would not take a change: see `stuck`. It is tried again daily and after an upgrade.
        case stuck
        /// Nothing was asked of the server yet: an earlier failure, or the time that was given, holds the next request back. See `retryAt`.
        case paused

        /// Stable code, such as `offline`, without the status or fault that came with it.
        public var code: String {
            switch self {
            case .offline: "offline"
            case .serverBusy: "server_busy"
            case .unauthorised: "unauthorised"
            case .configuration: "configuration"
            case .portal: "portal"
            case .unexpectedStatus: "unexpected_status"
            case .malformedAnswer: "malformed_answer"
            case .answerTooLarge: "answer_too_large"
            case .noProgress: "no_progress"
            case .tooMuchTold: "too_much_told"
            case .conflict: "conflict"
            case .stuck: "stuck"
            case .paused: "paused"
            }
        }
    }

    /// What a sync did.
    public struct SyncReport: Sendable, Hashable {
        /// How it ended.
        public let state: SyncState
        /// Changes that the server acknowledged in this call.
        public let acknowledged: Int64
        /// Changes that wait, stuck ones among them.
        public let pending: Int64
        /// Changes that the server could not or would not take; see `stuck`.
        public let stuck: Int64
        /// Why something waits; never empty where `state` is `.waiting`.
        public let troubles: [Trouble]
        /// No request before this time, Unix milliseconds; nil where nothing holds it back.
        public let retryAt: Int64?
        /// True where the server holds less than it once acknowledged (withdrawals were queued again), or another ledger under this
        /// installation's name.
        public let serverLostData: Bool
        /// True where this file turned out to be a copy of another phone's: a new installation began.
        public let restored: Bool
        /// How far the server's clock is ahead of this device's, milliseconds, where it is more than a day. It does no harm.
        public let clockSkew: Int64?
        /// True where a later edition of the policy came into force in this call. The next sync asks for everything anew, so that what was
        /// said elsewhere of its new purposes is heard.
        public let policyChanged: Bool
        /// How many states the server told of purposes that the policy in force does not have. They are counted and not kept; once an edition
        /// with these purposes comes into force they are asked for again. Many of them over many syncs: the app's policy is out of date.
        public let unknownPurposes: Int64
        /// True where an edition of the policy became known in this call that comes into force on a later day: see `announced`.
        public let policyAnnounced: Bool
        /// Why an edition that the server has was not taken, with the place of each fault in its document. The edition in force stays. Where
        /// this version of the library cannot read the document, a newer version of the app can.
        public let policyFaults: [PolicyFault]

        /// All fields, in their order.
        public init(
            state: SyncState,
            acknowledged: Int64,
            pending: Int64,
            stuck: Int64,
            troubles: [Trouble],
            retryAt: Int64? = nil,
            serverLostData: Bool,
            restored: Bool,
            clockSkew: Int64? = nil,
            policyChanged: Bool,
            unknownPurposes: Int64 = 0,
            policyAnnounced: Bool = false,
            policyFaults: [PolicyFault] = []
        ) {
            self.state = state
            self.acknowledged = acknowledged
            self.pending = pending
            self.stuck = stuck
            self.troubles = troubles
            self.retryAt = retryAt
            self.serverLostData = serverLostData
            self.restored = restored
            self.clockSkew = clockSkew
            self.policyChanged = policyChanged
            self.unknownPurposes = unknownPurposes
            self.policyAnnounced = policyAnnounced
            self.policyFaults = policyFaults
        }
    }

    /// What a sign-out left behind; see `signOut(within:)`.
    public struct SignOutReport: Sendable, Hashable {
        /// What the sync before it did; nil where none could be made: no server, no time, nobody signed in, or another sync is running.
        public let sync: SyncReport?
        /// The account's changes that the server has not acknowledged, oldest first, at most 1,000. Refusals and withdrawals among them are
        /// still sent by every later sync. Grants wait until this account signs in here again.
        public let waiting: [PendingChange]
        /// Why there was no sync although there was to be one, in the words of the error that `sync` would have given. Nil where one was
        /// made, and where there was none to make: no server, no time, nobody signed in.
        public let failure: String?

        /// All fields, in their order.
        public init(sync: SyncReport?, waiting: [PendingChange], failure: String? = nil) {
            self.sync = sync
            self.waiting = waiting
            self.failure = failure
        }
    }
}

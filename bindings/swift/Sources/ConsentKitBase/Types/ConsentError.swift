import Foundation

/// What went wrong. Nothing is half done when one of these is thrown, and no text here carries personal data.
public enum ConsentError: Error, Sendable, Hashable {
    /// An argument is not usable. `field` is a path to it: `answers[2].purpose`.
    case invalid(field: String, reason: String)
    /// A grant without the notice it answers. Ask with `questions` first.
    case noticeNotShown(purpose: String)
    /// The shown token is not this ledger's, or no longer fits. Ask again.
    case shownRefused(reason: String)
    /// The policy document has faults.
    case policyInvalid(faults: [Consent.PolicyFault])
    /// The policy may not follow the one in force.
    case policyRefused(faults: [Consent.PolicyFault])
    /// The file is no ConsentKit database. It was not touched.
    case notADatabase
    /// A newer version of this library wrote the file. It was not touched.
    case newerStore(found: Int64, known: Int64)
    /// What is stored contradicts itself. It was not touched.
    case damaged(reason: String)
    /// The file cannot be read or written now: locked device, full disk, another process. What the call took away (a no, a denying signal,
    /// a sign-out) counts in memory all the same: see `Consent.unrecorded`. A yes, or anything else that the call was to do, did not happen:
    /// make the call again. `sqliteCode` is 0 where there is none.
    case storeUnavailable(reason: String, sqliteCode: Int)
    /// It was shut down.
    case shutDown
    /// Another sync runs, in this process or another.
    case alreadySyncing
    /// No server was given at open.
    case noServer
    /// Too many changes wait; grants are refused until a sync, withdrawals never are.
    case tooManyPending(limit: Int64)
    /// The core failed in a way that has no name. What was to be written was not.
    case `internal`

    /// Stable code, for logs and dashboards.
    public var code: String {
        switch self {
        case .invalid: "invalid"
        case .noticeNotShown: "notice_not_shown"
        case .shownRefused: "shown_refused"
        case .policyInvalid: "policy_invalid"
        case .policyRefused: "policy_refused"
        case .notADatabase: "not_a_database"
        case .newerStore: "newer_store"
        case .damaged: "damaged"
        case .storeUnavailable: "store_unavailable"
        case .shutDown: "shut_down"
        case .alreadySyncing: "already_syncing"
        case .noServer: "no_server"
        case .tooManyPending: "too_many_pending"
        case .internal: "internal"
        }
    }
}

extension ConsentError: LocalizedError {
    /// One sentence for a developer or a log.
    public var errorDescription: String? {
        switch self {
        case .invalid(let field, let reason): "The argument \(field) \(reason)."
        case .noticeNotShown(let purpose): "The notice of \(purpose) was not shown, so a yes to it cannot be recorded."
        case .shownRefused(let reason): "The shown token was refused: \(reason)."
        case .policyInvalid(let faults): "The policy document has \(faults.count) fault(s)\(Self.first(faults))."
        case .policyRefused(let faults): "The policy may not follow the one in force, for \(faults.count) reason(s)\(Self.first(faults))."
        case .notADatabase: "The file is not a ConsentKit database."
        case .newerStore(let found, let known): "The file was written by a newer version (schema \(found); this one knows \(known))."
        case .damaged(let reason): "What is stored contradicts itself: \(reason)."
        case .storeUnavailable(let reason, _): "The file cannot be used at the moment: \(reason)."
        case .shutDown: "ConsentKit was shut down."
        case .alreadySyncing: "A sync is running already."
        case .noServer: "There is no server to sync with: none was given at open."
        case .tooManyPending(let limit): "\(limit) changes wait to be sent, so no further yes is taken."
        case .internal: "ConsentKit's core failed unexpectedly."
        }
    }

    /// What to do about it.
    public var recoverySuggestion: String? {
        switch self {
        case .invalid: "Correct the argument and call again."
        case .noticeNotShown, .shownRefused: "Call questions again, show what it returns, and record with its token."
        case .policyInvalid(let faults), .policyRefused(let faults): faults.first?.fix
        case .notADatabase: "Give the path of ConsentKit's own file, or of one that does not exist yet."
        case .newerStore: "Ship the newer version of the library again."
        case .damaged: "Call Consent.recover with the same file and options, then open it again: every no that can still be read is kept."
        case .storeUnavailable: "Try again once the device is unlocked and has free space."
        case .shutDown: "Open it again."
        case .alreadySyncing: "Wait for the running sync; nothing is lost."
        case .noServer: "Give the server's address in the options."
        case .tooManyPending: "Sync, then record again. Withdrawals are always taken."
        case .internal: "Try again; report it with the library's version."
        }
    }

    private static func first(_ faults: [Consent.PolicyFault]) -> String {
        guard let fault = faults.first else { return "" }
        return ", the first at \(fault.pointer.isEmpty ? "the top" : fault.pointer): \(fault.what)"
    }
}

extension ConsentError: CustomNSError {
    /// For code in Objective-C and for crash reporters. The codes below never change.
    public static var errorDomain: String { "dev.consentkit.ConsentError" }

    /// The case's number, the same in every version.
    public var errorCode: Int {
        switch self {
        case .invalid: 1
        case .noticeNotShown: 2
        case .shownRefused: 3
        case .policyInvalid: 4
        case .policyRefused: 5
        case .notADatabase: 6
        case .newerStore: 7
        case .damaged: 8
        case .storeUnavailable: 9
        case .shutDown: 10
        case .alreadySyncing: 11
        case .noServer: 12
        case .tooManyPending: 13
        case .internal: 14
        }
    }

    /// The sentence, the advice, and the stable code as text.
    public var errorUserInfo: [String: Any] {
        var info: [String: Any] = ["code": code]
        info[NSLocalizedDescriptionKey] = errorDescription
        info[NSLocalizedRecoverySuggestionErrorKey] = recoverySuggestion
        return info
    }
}

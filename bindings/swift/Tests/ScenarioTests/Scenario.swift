import ConsentKit
import Foundation

/// One file of `tests/scenarios`; the format is described there.
struct Scenario {
    let name: String
    let server: Bool
    /// The time at which it begins, Unix milliseconds.
    let at: Int64
    let steps: [Step]

    /// True where only a database or a server can play it: what a fake leaves out. Read from the steps, so that no list can grow stale.
    var needsDatabase: Bool {
        server || steps.contains { $0.action.needsDatabase }
    }
}

/// One step.
struct Step {
    /// Its word in the file, for the report.
    let kind: String
    let device: String?
    /// The error that the call must end with.
    let error: ExpectedError?
    let action: Action
}

struct ExpectedError {
    let code: String
    let field: String?
}

enum Action {
    case open(Opening)
    case restart(policy: PolicyChange?)
    case close
    case ask(surface: String, form: String?, expect: ExpectedForm)
    case dismiss
    case closed
    case answer(FormAnswers)
    case withdraw(purposes: [String])
    case `import`([Consent.ImportChoice], expect: ExpectedImport?)
    case signals(Consent.Signals)
    case advertisingID(purpose: String, provider: Provider?, expect: ExpectedGate?)
    case prompt(expect: String)
    case signIn(subject: String)
    case signOut
    case online
    case sync(expect: ExpectedSync)
    case adoptPolicy(PolicyChange)
    case stateAt(Int64, expect: ExpectedPast)
    case expect(Expected)
    case clock(Movement)
    case server(Deed)
    case page(subject: String, name: String)
    case web(WebChange)
    case maySend(Sending)

    var needsDatabase: Bool {
        switch self {
        case .restart, .stateAt, .server, .page, .web, .maySend: true
        case .open(let opening): opening.copyOf != nil
        case .expect(let expected): expected.verify != nil
        default: false
        }
    }

    /// True for what is no device's and has no typed error.
    var isElsewhere: Bool {
        switch self {
        case .server, .page, .web, .maySend: true
        default: false
        }
    }
}

struct Opening {
    let platform: Consent.Platform
    let osVersion: String
    let language: String
    let policy: PolicyChange
    /// Another device whose file this one begins with.
    let copyOf: String?
    /// The copy brings the marker along, so that it cannot know that it is one.
    let withMarker: Bool
}

struct FormAnswers {
    /// A form kept by an `ask`; without it the last one that this device drew.
    let form: String?
    /// Changes the token before it is handed back.
    let forge: (replace: String, with: String)?
    let grant: [String]
    let refuse: [String]
    let method: Consent.Method
    let actor: Consent.Actor
    /// What the receipt says was recorded.
    let expect: [String: Consent.ChoiceKind]?
}

/// What the platform's provider answers.
enum Provider: Equatable {
    case id(value: String, limited: Bool)
    case unavailable(AdvertisingIDUnavailable)
    case fails
}

enum Movement {
    case set(Int64)
    case advance(Int64)
}

enum Deed {
    case down, up, backUp, restore
    case publish(PolicyChange)
}

struct WebChange {
    let subject: String
    let purpose: String
    let choice: Consent.ChoiceKind
    let seen: String
    let method: String
    let expect: String
}

struct Sending {
    let subject: String
    let channel: String
    let kind: String
    let at: String?
    let allowed: Bool
    let reasons: [String]
}

struct ExpectedForm {
    let due: Bool?
    let pullFirst: Bool?
    let language: String?
    let purposes: [String]?
    let why: [String: String]
    let status: [String: Consent.Status]
}

struct ExpectedImport {
    let imported: [String]
    let kept: [String]
}

enum ExpectedGate: Equatable {
    case available(String)
    case refused([String])
}

struct ExpectedSync {
    let state: String?
    let pending: Int64?
    let stuck: Int64?
    let acknowledged: Int64?
    let troubles: [String]?
    let serverLostData: Bool?
    let restored: Bool?
    let policyChanged: Bool?
    let policyAnnounced: Bool?
}

struct ExpectedPast {
    /// Empty before the first.
    let policyVersion: String
    let reasons: [String: [String]]
}

/// Everything that can be expected of one device and the server. What is left out is not looked at.
struct Expected {
    let allows: [String: Bool]
    /// All reasons of a purpose, in order; an empty list means allowed.
    let reasons: [String: [String]]
    let status: [String: Consent.Status]
    /// nil where only a change can alter the answer.
    let validUntil: [String: Int64?]
    let osBlocked: [String: Bool]
    let pending: Int64?
    let stuck: Int64?
    let signedIn: Bool?
    let pushBlocked: Bool?
    let policyVersion: String?
    /// The versions that are announced, each with the days that are left.
    let announced: [String: Int64]?
    /// Requests that the device has sent since its first open.
    let requests: Int64?
    let history: ExpectedHistory?
    let verify: Bool?
    /// By subject and purpose.
    let server: [String: [String: Consent.Status]]
    /// By subject: the newest changes there, newest first, each with at least these fields.
    let serverHistory: [String: [[String: JSON]]]
}

struct ExpectedHistory {
    /// Entries of other kinds are left out.
    let kinds: [String]
    /// All entries of these kinds, in order, each with at least the fields given.
    let entries: [ExpectedEntry]
}

struct ExpectedEntry {
    let kind: String?
    let purpose: String?
    let status: Consent.Status?
    let at: Int64?
    let actor: Consent.Actor?
    let method: Consent.Method?
    let policyVersion: String?
    let language: String?
}

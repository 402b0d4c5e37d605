import ConsentKitBase
import Foundation

/// The calls that an app in Objective-C needs. Everything else is a `Consent` away.
///
/// Completions come on the main queue; an error is an `NSError` with a readable sentence.
#if canImport(ObjectiveC)
@objc(CSKConsent)
@objcMembers
#endif
public final class CSKConsent: NSObject, Sendable {
    #if canImport(ObjectiveC)
    @nonobjc
    #endif
    /// What this stands on.
    public let consent: Consent

    #if canImport(ObjectiveC)
    @nonobjc
    #endif
    /// For an app that is partly in Swift and has one already.
    public init(_ consent: Consent) {
        self.consent = consent
    }

    /// Opens the database with the defaults of this device. `server` may be nil. Blocks on the disk for some milliseconds.
    public convenience init(file: URL, policy: String, server: URL?) throws {
        try self.init(file: file, policy: policy, server: server, tokens: nil)
    }

    /// The same with the tokens of the app's log-in, which a sync needs after `signIn`.
    public convenience init(file: URL, policy: String, server: URL?, tokens: CSKAccountTokens?) throws {
        var options = ConsentKitBase.ConsentOptions(server: server)
        options.tokens = tokens
        self.init(try Consent.open(at: file, policy: policy, options: options))
    }

    /// May this be done now? Answers from memory, on any thread.
    public func allows(_ purpose: String) -> Bool {
        consent.allows(purpose)
    }

    /// The same answer with every reason against it: codes, and texts in Korean for a `ko` language tag, in Japanese for `ja`, in English for any other.
    public func explain(_ purpose: String, language: String) -> CSKDecision {
        CSKDecision(consent.explain(purpose), language: language)
    }

    /// The present state of all purposes as JSON, see docs/snapshot-json.md. Answers from memory.
    public var snapshotJSON: String {
        consent.snapshot.json
    }

    /// Records the answers to a form: all or none. `shown` is the token of the form's questions.
    public func record(shown: String, granted: [String], refused: [String], completion: @escaping @Sendable @MainActor ((any Error)?) -> Void) {
        run(completion) { consent in
            try await consent.record(Consent.Shown(rawValue: shown)) { answers in
                granted.forEach { answers.grant($0) }
                refused.forEach { answers.refuse($0) }
            }
        }
    }

    /// What the form `surface` asks now, with the notices to show and the token to hand to `record`; nil beside an error.
    public func questions(surface: String, completion: @escaping @Sendable @MainActor (CSKQuestions?, (any Error)?) -> Void) {
        let consent = consent
        Task {
            do {
                let form = CSKQuestions(try await consent.questions(surface: surface))
                await completion(form, nil)
            } catch {
                await completion(nil, error)
            }
        }
    }

    /// Withdraws. Needs no form, no network and no sign-in.
    public func withdraw(_ purposes: [String], completion: @escaping @Sendable @MainActor ((any Error)?) -> Void) {
        run(completion) { try await $0.withdraw(purposes) }
    }

    /// The app's log-in succeeded. The subject is the account's pseudonym, never an e-mail address or a telephone number.
    public func signIn(_ subject: String, completion: @escaping @Sendable @MainActor ((any Error)?) -> Void) {
        run(completion) { try await $0.signIn(subject) }
    }

    /// The person signed out. Device choices stay.
    public func signOut(completion: @escaping @Sendable @MainActor ((any Error)?) -> Void) {
        run(completion) { try await $0.signOut() }
    }

    /// Sends what waits and pulls what changed elsewhere. No error where the server cannot be reached: the changes wait on the device.
    public func sync(completion: @escaping @Sendable @MainActor ((any Error)?) -> Void) {
        run(completion) { try await $0.sync() }
    }

    private func run<Value>(
        _ completion: @escaping @Sendable @MainActor ((any Error)?) -> Void, _ call: @escaping @Sendable (Consent) async throws -> Value
    ) {
        let consent = consent
        Task {
            do {
                _ = try await call(consent)
                await completion(nil)
            } catch {
                await completion(error)
            }
        }
    }
}

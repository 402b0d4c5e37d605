import ConsentKitBase
import Foundation

/// The calls that an app in Objective-C needs. Everything else is a `Consent` away.
///
/// Completions come on the main queue; an error is an `NSError` with a readable sentence.
#if canImport(ObjectiveC)
@objc(CKConsent)
@objcMembers
#endif
public final class CKConsent: NSObject, Sendable {
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
        self.init(try Consent.open(at: file, policy: policy, options: ConsentKitBase.ConsentOptions(server: server)))
    }

    /// May this be done now? Answers from memory, on any thread.
    public func allows(_ purpose: String) -> Bool {
        consent.allows(purpose)
    }

    /// Records the answers to a form: all or none. `shown` is the token of the form's questions.
    public func record(shown: String, granted: [String], refused: [String], completion: @escaping @Sendable @MainActor ((any Error)?) -> Void) {
        run(completion) { consent in
            try await consent.record(Shown(rawValue: shown)) { answers in
                granted.forEach { answers.grant($0) }
                refused.forEach { answers.refuse($0) }
            }
        }
    }

    /// The token to hand to `record`, for a form whose notices the app shows; nil beside an error.
    public func questions(surface: String, completion: @escaping @Sendable @MainActor (String?, (any Error)?) -> Void) {
        let consent = consent
        Task {
            do {
                let shown = try await consent.questions(surface: surface).shown.rawValue
                await completion(shown, nil)
            } catch {
                await completion(nil, error)
            }
        }
    }

    /// Withdraws. Needs no form, no network and no sign-in.
    public func withdraw(_ purposes: [String], completion: @escaping @Sendable @MainActor ((any Error)?) -> Void) {
        run(completion) { try await $0.withdraw(purposes) }
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

import ConsentKitBase
import Foundation

/// The answer, with every reason against it, for Objective-C.
#if canImport(ObjectiveC)
@objc(CSKDecision)
@objcMembers
#endif
public final class CSKDecision: NSObject, Sendable {
    private let decision: Consent.Decision
    private let language: String

    init(_ decision: Consent.Decision, language: String) {
        self.decision = decision
        self.language = language
    }

    /// The purpose asked about.
    public var purpose: String { decision.purpose }
    /// True where nothing blocks.
    public var allowed: Bool { decision.allowed }
    /// All that blocks, in the documented order.
    public var reasons: [CSKReason] { decision.reasons.map { CSKReason($0, language: language) } }
    /// True for a push purpose while notifications are turned off in the system. No reason, and no part of `allowed` (KR-6).
    public var osBlocked: Bool { decision.osBlocked }
}

/// One reason.
#if canImport(ObjectiveC)
@objc(CSKReason)
@objcMembers
#endif
public final class CSKReason: NSObject, Sendable {
    private let reason: Consent.Reason
    private let language: String

    init(_ reason: Consent.Reason, language: String) {
        self.reason = reason
        self.language = language
    }

    /// The stable code, such as `night` or `requires:marketing.data_use`.
    public var code: String { reason.code }
    /// One sentence for a person, in the language that was asked for.
    public var text: String { reason.text(language: language) }
}

import ConsentKitBase
import Foundation

/// The answer, with every reason against it, for Objective-C.
#if canImport(ObjectiveC)
@objc(CKDecision)
@objcMembers
#endif
public final class CKDecision: NSObject, Sendable {
    private let decision: ConsentKitBase.Decision
    private let language: String

    init(_ decision: ConsentKitBase.Decision, language: String) {
        self.decision = decision
        self.language = language
    }

    /// The purpose asked about.
    public var purpose: String { decision.purpose }
    /// True where nothing blocks.
    public var allowed: Bool { decision.allowed }
    /// All that blocks, in the documented order.
    public var reasons: [CKReason] { decision.reasons.map { CKReason($0, language: language) } }
    /// True for a push purpose while notifications are turned off in the system. No reason, and no part of `allowed` (KR-6).
    public var osBlocked: Bool { decision.osBlocked }
}

/// One reason.
#if canImport(ObjectiveC)
@objc(CKReason)
@objcMembers
#endif
public final class CKReason: NSObject, Sendable {
    private let reason: ConsentKitBase.Reason
    private let language: String

    init(_ reason: ConsentKitBase.Reason, language: String) {
        self.reason = reason
        self.language = language
    }

    /// The stable code, such as `night` or `requires:marketing.data_use`.
    public var code: String { reason.code }
    /// One sentence for a person, in the language that was asked for.
    public var text: String { reason.text(language: language) }
}

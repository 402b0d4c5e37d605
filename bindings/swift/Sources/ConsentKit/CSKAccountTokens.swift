import ConsentKitBase
import Foundation

/// The account's tokens from a block, for a log-in in Objective-C.
#if canImport(ObjectiveC)
@objc(CSKAccountTokens)
#endif
public final class CSKAccountTokens: NSObject, Consent.AccountTokens {
    /// Asked for the subject's token, and whether the server refused the last one; answers once, on any thread, nil where there is none.
    public typealias Block = @Sendable (_ subject: String, _ refresh: Bool, _ answer: @escaping @Sendable (String?) -> Void) -> Void

    private let block: Block

    #if canImport(ObjectiveC)
    @objc
    #endif
    /// Keeps the block and calls it on a thread of Swift's.
    public init(block: @escaping Block) {
        self.block = block
    }

    /// What the block answers first; nothing where it is no longer waited for.
    public func token(for subject: String, refresh: Bool) async throws -> String? {
        let answer = FirstAnswer<String?>()
        block(subject, refresh) { answer.give(.success($0)) }
        return try await answer.value()
    }
}

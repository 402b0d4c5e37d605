import Foundation

/// Reads consents that an app kept in `UserDefaults`, for `Consent.importChoices`.
///
/// It changes nothing there. What it cannot read for sure it leaves out, and that purpose is simply asked.
public struct OlderConsents {
    /// Where one consent is kept.
    public struct Key: Sendable, Hashable {
        /// The purpose it answers here.
        public var purpose: String
        /// Key of the answer: a switch, or one of the words yes, no, true, false, granted, denied, refused, 1, 0.
        public var answer: String
        /// Key of when it was given: a date, an RFC 3339 text, or a number of seconds since 1970. nil where it was not kept: a yes is then
        /// asked again.
        public var saidAt: String?
        /// Version of the text that was shown; nil where unknown.
        public var textVersion: String?

        /// All fields, in their order.
        public init(purpose: String, answer: String, saidAt: String? = nil, textVersion: String? = nil) {
            self.purpose = purpose
            self.answer = answer
            self.saidAt = saidAt
            self.textVersion = textVersion
        }
    }

    private let defaults: UserDefaults
    private let source: String

    /// - Parameter source: Name of the older store, for the records.
    public init(_ defaults: UserDefaults = .standard, source: String = "user_defaults") {
        self.defaults = defaults
        self.source = source
    }

    /// The consents that are there.
    public func choices(_ keys: [Key]) -> [ImportChoice] {
        keys.compactMap { key in
            guard let granted = answer(defaults.object(forKey: key.answer)) else { return nil }
            let said = key.saidAt.flatMap { time(defaults.object(forKey: $0)) }
            return ImportChoice(
                purpose: key.purpose, choice: granted ? .granted : .refused, saidAt: said, source: source, textVersion: key.textVersion)
        }
    }

    private func answer(_ value: Any?) -> Bool? {
        switch value {
        case let number as NSNumber where number == 1: true
        case let number as NSNumber where number == 0: false
        case let word as String where ["yes", "true", "granted", "1"].contains(word.lowercased()): true
        case let word as String where ["no", "false", "denied", "refused", "0"].contains(word.lowercased()): false
        default: nil
        }
    }

    private func time(_ value: Any?) -> Int64? {
        let seconds: Double? =
            switch value {
            case let date as Date: date.timeIntervalSince1970
            case let number as NSNumber: number.doubleValue
            case let text as String: ISO8601DateFormatter().date(from: text)?.timeIntervalSince1970
            default: nil
            }
        return seconds.flatMap { Int64(exactly: ($0 * 1000).rounded()) }
    }
}

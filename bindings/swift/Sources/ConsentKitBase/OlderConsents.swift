import Foundation

/// Reads consents that an app kept in `UserDefaults`, for `Consent.importChoices`.
///
/// It changes nothing there. What it cannot read for sure it leaves out, and that purpose is simply asked.
public struct OlderConsents {
    /// Where one consent is kept.
    public struct Key: Sendable, Hashable {
        /// The purpose it answers here.
        public var purpose: String
        /// Key of the answer: a switch, 1 or 0, or a word, in any case: true, yes, y, granted, agreed, on, and false, no, n, denied,
        /// refused, withdrawn, off.
        public var answer: String
        /// Key of when it was given: a date, an RFC 3339 text, or a number of seconds since 1970. nil where it was not kept. A yes
        /// without a date, or with one that cannot be, is asked again.
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
    public func choices(_ keys: [Key]) -> [Consent.ImportChoice] {
        keys.compactMap { key in
            guard let granted = answer(defaults.object(forKey: key.answer)) else { return nil }
            let said = key.saidAt.flatMap { time(defaults.object(forKey: $0)) }
            return Consent.ImportChoice(
                purpose: key.purpose, choice: granted ? .granted : .refused, saidAt: said, source: source, textVersion: key.textVersion)
        }
    }

    private func answer(_ value: Any?) -> Bool? {
        switch value {
        case let number as NSNumber where number == 1: true
        case let number as NSNumber where number == 0: false
        case let word as String: Self.meaning(of: word.trimmingCharacters(in: .whitespacesAndNewlines).lowercased())
        default: nil
        }
    }

    /// The words are those of the reader for Android.
    private static func meaning(of word: String) -> Bool? {
        switch word {
        case "true", "yes", "y", "1", "granted", "agreed", "on": true
        case "false", "no", "n", "0", "denied", "refused", "withdrawn", "off": false
        default: nil
        }
    }

    /// 2008-01-01, before any app store. The core takes no date before it and none in the future, and would refuse every choice for the
    /// sake of one such as 0, or milliseconds where seconds are expected.
    private static let earliest: Int64 = 1_199_145_600_000

    /// A clock that was set back since must not cost a good date. Milliseconds: a day.
    private static let slack: Int64 = 86_400_000

    private func time(_ value: Any?) -> Int64? {
        let seconds: Double? =
            switch value {
            case let date as Date: date.timeIntervalSince1970
            case let number as NSNumber: number.doubleValue
            case let text as String: ISO8601DateFormatter().date(from: text)?.timeIntervalSince1970
            default: nil
            }
        guard let time = seconds.flatMap({ Int64(exactly: ($0 * 1000).rounded()) }) else { return nil }
        let latest = Int64(Date().timeIntervalSince1970 * 1000) + Self.slack
        return (Self.earliest...max(latest, Self.earliest)).contains(time) ? time : nil
    }
}

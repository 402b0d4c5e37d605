import Foundation

/// Reads consents that an app kept in `UserDefaults`, for `Consent.import`.
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
        /// Key of when it was given: a date, an RFC 3339 text with or without a fraction of a second and with any offset, or a number of
        /// seconds or milliseconds since 1970. nil where it was not kept. A yes without a date, or with one that cannot be, is asked again.
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
    private let suite: String?
    private let source: String

    /// - Parameters:
    ///   - suite: The name that `defaults` were opened with, where it is not the app's own. With it only what was written under that name is
    ///     read; without it an answer that is the same as a registered default cannot be told from the default, and is asked.
    ///   - source: Name of the older store, for the records.
    public init(_ defaults: UserDefaults = .standard, suite: String? = nil, source: String = "user_defaults") {
        self.defaults = defaults
        self.suite = suite
        self.source = source
    }

    /// The consents that are there.
    public func choices(_ keys: [Key]) -> [Consent.ImportChoice] {
        keys.compactMap { key in
            guard let granted = answer(kept(key.answer)) else { return nil }
            let said = key.saidAt.flatMap { OlderDate.read(kept($0)) }
            return Consent.ImportChoice(
                purpose: key.purpose, choice: granted ? .granted : .refused, saidAt: said, source: source, textVersion: key.textVersion)
        }
    }

    /// What was written there. What an app registers as a default nobody said: it answers for a key that was never written.
    private func kept(_ key: String) -> Any? {
        if let suite { return defaults.persistentDomain(forName: suite)?[key] }
        guard let value = defaults.object(forKey: key) else { return nil }
        if let own = Bundle.main.bundleIdentifier, let written = defaults.persistentDomain(forName: own)?[key] { return written }
        let registered = defaults.volatileDomain(forName: UserDefaults.registrationDomain)[key]
        return registered.map { Self.areSame(value, $0) } == true ? nil : value
    }

    private static func areSame(_ one: Any, _ other: Any) -> Bool {
        "\(one)" == "\(other)"
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
}

// The snapshot as JSON, for Flutter and React Native. The form is public: docs/snapshot-json.md describes it, a golden file holds it, Kotlin
// writes the same.

extension Consent.Snapshot {
    /// The snapshot as JSON, for hosts in Flutter or React Native. The form is described in docs/snapshot-json.md and does not change
    /// under them.
    public var json: String {
        var out = JSONObject()
        out.field("form", number: Self.form)
        out.field("generation", number: generation)
        out.field("at", number: at)
        out.field("policy_version", text: policyVersion)
        out.field("pending", number: pending)
        out.field("signed_in", flag: signedIn)
        out.field("available", flag: available)
        out.field("push_blocked", flag: pushBlocked)
        out.field("signals", object: signals.json)
        out.field("google", object: googleConsent.json)
        var all = JSONObject()
        answers.forEach { all.field($0.purpose, object: $0.json) }
        out.field("answers", object: all)
        return out.text
    }

    /// Goes up when a field changes its meaning or goes; new fields may come without.
    private static let form: Int64 = 1
}

extension Consent.PurposeAnswer {
    fileprivate var json: JSONObject {
        var out = JSONObject()
        out.field("allowed", flag: allowed)
        out.field("reasons", texts: reasons.map(\.code))
        out.field("status", text: status.rawValue)
        if let validUntil { out.field("valid_until", number: validUntil) }
        out.field("os_blocked", flag: osBlocked)
        return out
    }
}

extension Consent.Signals {
    fileprivate var json: JSONObject {
        var out = JSONObject()
        if let tracking { out.field("tracking", text: tracking.rawValue) }
        if let adID { out.field("ad_id", text: adID.code) }
        if let gpc { out.field("gpc", flag: gpc) }
        if let age { out.field("age", text: age.rawValue) }
        if let guardian { out.field("guardian", text: guardian.rawValue) }
        if let push { out.field("push", text: push.rawValue) }
        return out
    }
}

extension AdvertisingIDSignal {
    /// The stable code: `available`, `limited`, `unavailable:timed_out`.
    public var code: String {
        switch self {
        case .available: "available"
        case .limited: "limited"
        case .unavailable(let kind): "unavailable:\(kind.rawValue)"
        }
    }
}

extension Consent.GoogleConsent {
    fileprivate var json: JSONObject {
        var out = JSONObject()
        let all = [
            ("ad_storage", adStorage), ("analytics_storage", analyticsStorage), ("ad_user_data", adUserData),
            ("ad_personalization", adPersonalization),
        ]
        all.forEach { out.field($0.0, text: $0.1 ? "granted" : "denied") }
        return out
    }
}

/// One object, written field by field in the order given.
private struct JSONObject {
    private var fields: [String] = []

    var text: String { "{" + fields.joined(separator: ",") + "}" }

    mutating func field(_ name: String, number: Int64) { fields.append("\(Self.quoted(name)):\(number)") }
    mutating func field(_ name: String, flag: Bool) { fields.append("\(Self.quoted(name)):\(flag)") }
    mutating func field(_ name: String, text: String) { fields.append("\(Self.quoted(name)):\(Self.quoted(text))") }
    mutating func field(_ name: String, object: JSONObject) { fields.append("\(Self.quoted(name)):\(object.text)") }

    mutating func field(_ name: String, texts: [String]) {
        fields.append("\(Self.quoted(name)):[" + texts.map(Self.quoted).joined(separator: ",") + "]")
    }

    private static func quoted(_ text: String) -> String {
        var out = "\""
        for unit in text.utf16 {
            switch unit {
            case 0x22, 0x5C: out += "\\" + String(UnicodeScalar(UInt8(unit)))
            // Half a character is no text in any encoding, and some hosts end at it; the two separators end a line in JavaScript.
            case ..<0x20, 0xD800...0xDFFF, 0x2028, 0x2029:
                let hex = String(unit, radix: 16)
                out += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: out.unicodeScalars.append(UnicodeScalar(unit) ?? "\u{FFFD}")
            }
        }
        return out + "\""
    }
}

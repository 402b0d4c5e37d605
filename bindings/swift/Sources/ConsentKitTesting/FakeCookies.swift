import ConsentKitBase
import Foundation

/// The gate of a fake. It knows the names of the policy and treats every other one as marketing, also one that only the app's catalogue names;
/// of a header it reads the name, the value and whether `Max-Age` deletes the cookie, and finds no fault of form but that it has no name.
final class FakeCookies: CookieEngine {
    private static let maxSeen = 10_000
    private static let blanks = CharacterSet(charactersIn: " \t")

    private let now: @Sendable () -> Int64
    private let ledger: @Sendable () -> FakeLedger

    init(now: @escaping @Sendable () -> Int64, ledger: @escaping @Sendable () -> FakeLedger) {
        self.now = now
        self.ledger = ledger
    }

    static func check(_ count: Int, _ field: String) throws(ConsentError) {
        if count > maxSeen { throw .invalid(field: field, reason: "has \(count) cookies; give at most \(maxSeen) in one call") }
    }

    func verdict(_ name: String) -> Consent.CookieVerdict {
        let ledger = ledger()
        let owner = CookieClaims(ledger.policy).owner(of: SoughtCookie(exactly: name))?.purpose
        let purposes = owner.map { [$0] } ?? ledger.policy.purposesOfUnknownCookies
        let circumstances = ledger.circumstances
        var reasons: [Consent.Reason] = purposes.isEmpty ? [.unknownPurpose] : []
        for reason in purposes.flatMap({ circumstances.decide($0.id, at: now()).reasons }) where !reasons.contains(reason) { reasons.append(reason) }
        return Consent.CookieVerdict(
            name: name, source: owner == nil ? .unknown : .policy, purposes: purposes.map(\.id), allowed: reasons.isEmpty, reasons: reasons)
    }

    func request(_ header: String) -> String? {
        let pairs = header.split(separator: ";").map(Self.trimmed).filter { !$0.isEmpty }
        let kept = pairs.filter { verdict(Self.pair($0).name).allowed }.joined(separator: "; ")
        return kept.isEmpty ? nil : kept
    }

    func judge(url: String, header: String) throws(ConsentError) -> Consent.CookieJudgement {
        let host = try Self.host(url)
        let parts = header.split(separator: ";", omittingEmptySubsequences: false).map(Self.trimmed)
        let (name, value) = Self.pair(parts[0])
        if name.isEmpty && value.isEmpty { return .faulty(.empty) }
        let attributes = parts.dropFirst().map { ($0.split(separator: "=").first.map(Self.trimmed)?.lowercased() ?? "", Self.pair($0).value) }
        func has(_ attribute: String) -> Bool { attributes.contains { $0.0 == attribute } }
        let age = attributes.last { $0.0 == "max-age" }.flatMap { Int64($0.1) }
        let expiresAt = age.map { $0 <= 0 ? 0 : now() + $0 * 1_000 }
        let verdict = verdict(name)
        guard verdict.allowed || expiresAt == 0 else { return .withheld(verdict) }
        return .passes(
            Consent.Cookie(
                name: name, value: value, domain: host, hostOnly: true, path: "/", secure: has("secure"), httpOnly: has("httponly"),
                sameSite: .unset, partitioned: has("partitioned"), expiresAt: expiresAt))
    }

    func response(url: String, headers: [String]) throws(ConsentError) -> [String] {
        _ = try Self.host(url)
        var kept: [String] = []
        for header in headers { if case .passes = try judge(url: url, header: header) { kept.append(header) } }
        return kept
    }

    func scan(_ seen: [Consent.SeenCookie]) throws(ConsentError) -> Consent.CookieReport {
        try Self.check(seen.count, "seen")
        let scanned = seen.map { Consent.ScannedCookie(cookie: $0, verdict: verdict($0.name)) }
        func count(_ wanted: (Consent.CookieVerdict) -> Bool) -> Int64 { Int64(scanned.filter { wanted($0.verdict) }.count) }
        return Consent.CookieReport(
            cookies: scanned, namedByPolicy: count { $0.source == .policy }, namedByCatalogue: 0, unknown: count { $0.source == .unknown },
            withoutConsent: count { !$0.allowed })
    }

    func purge(url: String, seen: [Consent.SeenCookie]) throws(ConsentError) -> [Consent.PurgeStep] {
        try Self.check(seen.count, "seen")
        _ = try Self.host(url)
        return try scan(seen).cookies.filter { !$0.verdict.allowed }.map {
            Consent.PurgeStep(cookie: $0.cookie, headers: ["\($0.cookie.name)=; Max-Age=0; Path=/"], purposes: $0.verdict.purposes)
        }
    }

    private static func trimmed(_ text: some StringProtocol) -> String { text.trimmingCharacters(in: blanks) }

    /// A pair without an equals sign is a value without a name.
    private static func pair(_ text: String) -> (name: String, value: String) {
        guard let equals = text.firstIndex(of: "=") else { return ("", text) }
        return (trimmed(text[..<equals]), trimmed(text[text.index(after: equals)...]))
    }

    private static func host(_ url: String) throws(ConsentError) -> String {
        let scheme = url.components(separatedBy: "://")
        let known = ["https", "http", "wss", "ws"].contains(scheme[0].lowercased()) && scheme.count > 1
        let authority = known ? scheme[1].components(separatedBy: CharacterSet(charactersIn: "/?#"))[0] : ""
        let host = authority.components(separatedBy: "@").last?.components(separatedBy: ":")[0].lowercased() ?? ""
        let isASCII = host.utf8.allSatisfy { $0 < 0x80 }
        if host.isEmpty || !isASCII { throw .invalid(field: "url", reason: "is no web address; give one that begins with https:// or http://") }
        return host
    }
}

extension PolicyDocument {
    /// What a cookie needs that nobody names: the marketing cookies' purposes, or else all that ask for consent to cookies (CK-8).
    fileprivate var purposesOfUnknownCookies: [PolicyPurpose] {
        let asked = purposes.filter { !$0.cookies.isEmpty && $0.basis.mayBeAnswered }
        let marketing = asked.filter { purpose in
            let tellsGoogle = purpose.google.contains { $0 != .analyticsStorage }
            return purpose.channel != nil || purpose.id.hasPrefix("marketing.") || purpose.sharesForAdvertising || tellsGoogle
        }
        return marketing.isEmpty ? asked : marketing
    }
}

extension FakeLedger {
    /// Records that cookies went out of the jars: an entry for each jar and purpose, in their order.
    mutating func cookiesRemoved(_ steps: [Consent.PurgeStep], at now: Int64) {
        let stores = Dictionary(grouping: steps, by: \.cookie.store)
        for store in stores.keys.sorted() {
            for (at, purpose) in Set(stores[store, default: []].flatMap(\.purposes)).sorted().enumerated() {
                append("cookies_removed", at: now, purpose: purpose, toNewest: at > 0)
            }
        }
    }
}

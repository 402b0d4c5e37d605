// Cookies, in the core's values and in ours. No generated type appears in a public signature.
import ConsentKitBase
internal import ConsentKitFFI

/// The core's gate.
final class CoreCookieEngine: CookieEngine {
    private let core: CookieGateCore

    init(_ core: CookieGateCore) {
        self.core = core
    }

    func verdict(_ name: String) -> Consent.CookieVerdict { Consent.CookieVerdict(core.verdict(name: name)) }
    func request(_ header: String) -> String? { core.request(header: header) }

    func judge(url: String, header: String) throws(ConsentKitBase.ConsentError) -> Consent.CookieJudgement {
        try translated { Consent.CookieJudgement(try core.judge(url: url, header: header)) }
    }

    func response(url: String, headers: [String]) throws(ConsentKitBase.ConsentError) -> [String] {
        try translated { try core.response(url: url, headers: headers) }
    }

    func scan(_ seen: [Consent.SeenCookie]) throws(ConsentKitBase.ConsentError) -> Consent.CookieReport {
        try translated { Consent.CookieReport(try core.scan(seen: seen.map(ConsentKitFFI.SeenCookie.init))) }
    }

    func purge(url: String, seen: [Consent.SeenCookie]) throws(ConsentKitBase.ConsentError) -> [Consent.PurgeStep] {
        try translated { try core.purge(url: url, seen: seen.map(ConsentKitFFI.SeenCookie.init)).map(Consent.PurgeStep.init) }
    }
}

extension ConsentKitFFI.CookieOptions {
    init(_ ours: Consent.CookieOptions) {
        // A dictionary has no order, and an error names a category by its place.
        let categories = ours.categories.sorted { $0.key < $1.key }
        self.init(
            catalogue: ours.catalogue,
            categories: categories.map { ConsentKitFFI.CategoryPurpose(category: $0.key, purpose: $0.value) },
            publicSuffixes: ours.publicSuffixes
        )
    }
}

extension ConsentKitFFI.SeenCookie {
    init(_ ours: Consent.SeenCookie) {
        self.init(name: ours.name, store: ours.store, domain: ours.domain, path: ours.path)
    }
}

extension ConsentKitFFI.PurgeStep {
    init(_ ours: Consent.PurgeStep) {
        self.init(cookie: ConsentKitFFI.SeenCookie(ours.cookie), headers: ours.headers, purposes: ours.purposes)
    }
}

extension Consent.CookieSource {
    init(_ core: ConsentKitFFI.CookieSource) {
        switch core {
        case .policy: self = .policy
        case .catalogue: self = .catalogue
        case .unknown: self = .unknown
        }
    }
}

extension Consent.SameSite {
    init(_ core: ConsentKitFFI.SameSite) {
        switch core {
        case .unset: self = .unset
        case .noRestriction: self = .noRestriction
        case .lax: self = .lax
        case .strict: self = .strict
        }
    }
}

extension Consent.CookieFault {
    init(_ core: ConsentKitFFI.CookieFault) {
        switch core {
        case .controlCharacter: self = .controlCharacter
        case .empty: self = .empty
        case .tooLong: self = .tooLong
        case .domainNotAscii: self = .domainNotAscii
        case .publicSuffix: self = .publicSuffix
        case .foreignDomain: self = .foreignDomain
        case .notSecure: self = .notSecure
        case .sameSiteNone: self = .sameSiteNone
        case .partitioned: self = .partitioned
        case .securePrefix: self = .securePrefix
        case .hostPrefix: self = .hostPrefix
        case .httpPrefix: self = .httpPrefix
        case .hostHttpPrefix: self = .hostHttpPrefix
        case .namelessPrefix: self = .namelessPrefix
        }
    }
}

extension Consent.CookieVerdict {
    init(_ core: ConsentKitFFI.CookieVerdict) {
        self.init(
            name: core.name,
            source: Consent.CookieSource(core.source),
            purposes: core.purposes,
            allowed: core.allowed,
            reasons: core.reasons.map(Consent.Reason.init)
        )
    }
}

extension Consent.Cookie {
    init(_ core: ConsentKitFFI.Cookie) {
        self.init(
            name: core.name,
            value: core.value,
            domain: core.domain,
            hostOnly: core.hostOnly,
            path: core.path,
            secure: core.secure,
            httpOnly: core.httpOnly,
            sameSite: Consent.SameSite(core.sameSite),
            partitioned: core.partitioned,
            expiresAt: core.expiresAt
        )
    }
}

extension Consent.CookieJudgement {
    init(_ core: ConsentKitFFI.CookieJudgement) {
        switch core {
        case .passes(let cookie): self = .passes(Consent.Cookie(cookie))
        case .withheld(let verdict): self = .withheld(Consent.CookieVerdict(verdict))
        case .faulty(let fault): self = .faulty(Consent.CookieFault(fault))
        }
    }
}

extension Consent.SeenCookie {
    init(_ core: ConsentKitFFI.SeenCookie) {
        self.init(name: core.name, store: core.store, domain: core.domain, path: core.path)
    }
}

extension Consent.ScannedCookie {
    init(_ core: ConsentKitFFI.ScannedCookie) {
        self.init(cookie: Consent.SeenCookie(core.cookie), verdict: Consent.CookieVerdict(core.verdict))
    }
}

extension Consent.CookieReport {
    init(_ core: ConsentKitFFI.CookieReport) {
        self.init(
            cookies: core.cookies.map(Consent.ScannedCookie.init),
            namedByPolicy: core.namedByPolicy,
            namedByCatalogue: core.namedByCatalogue,
            unknown: core.unknown,
            withoutConsent: core.withoutConsent
        )
    }
}

extension Consent.PurgeStep {
    init(_ core: ConsentKitFFI.PurgeStep) {
        self.init(cookie: Consent.SeenCookie(core.cookie), headers: core.headers, purposes: core.purposes)
    }
}

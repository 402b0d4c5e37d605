extension Consent {
    /// What a `CookieGate` is made with. Everything may be left out: then the policy alone says what a cookie is for.
    public struct CookieOptions: Sendable, Hashable {
        /// A catalogue of cookies: the CSV of the Open Cookie Database, or a table with its columns `Category`, `Cookie / Data Key name` and
        /// `Wildcard match`. It counts for the names that no pattern of the policy covers.
        public var catalogue: String?
        /// Which purpose each category of that catalogue belongs to. A cookie of a category that is left out is unknown.
        public var categories: [String: String]
        /// The list of publicsuffix.org. Without it only a domain of a single label counts as a public suffix.
        public var publicSuffixes: String?

        /// All fields, in their order.
        public init(catalogue: String? = nil, categories: [String: String] = [:], publicSuffixes: String? = nil) {
            self.catalogue = catalogue
            self.categories = categories
            self.publicSuffixes = publicSuffixes
        }
    }

    /// Who says what a cookie is for.
    public enum CookieSource: String, Sendable, Hashable, CaseIterable {
        /// The policy names it.
        case policy
        /// The app's catalogue names it, and the policy does not.
        case catalogue
        /// Nobody names it. It is treated as marketing.
        case unknown
    }

    /// Whether a cookie may be set and sent, with every reason against it.
    public struct CookieVerdict: Sendable, Hashable {
        /// The name of the cookie.
        public let name: String
        /// Who says what it is for.
        public let source: CookieSource
        /// The purposes that it needs, all of them. A cookie that nobody names needs the marketing of the policy.
        public let purposes: [String]
        /// True where all of them are allowed.
        public let allowed: Bool
        /// Every reason against it.
        public let reasons: [Reason]

        /// All fields, in their order.
        public init(name: String, source: CookieSource, purposes: [String], allowed: Bool, reasons: [Reason]) {
            self.name = name
            self.source = source
            self.purposes = purposes
            self.allowed = allowed
            self.reasons = reasons
        }
    }

    /// Which requests from other sites a cookie goes along with.
    public enum SameSite: String, Sendable, Hashable, CaseIterable {
        /// The header says nothing that is known. Browsers treat it much like `lax`.
        case unset
        /// It goes along with every request.
        case noRestriction = "no_restriction"
        /// From another site it goes along only where a person follows a link.
        case lax
        /// It goes along with no request from another site.
        case strict
    }

    /// A cookie that a `Set-Cookie` header sets. Whether the person allowed it is not said here. Its value may lead to a person, so it prints
    /// nothing of itself.
    public struct Cookie: Sendable, Hashable, Redacted {
        /// Its name; empty for a cookie without one.
        public let name: String
        /// Its value.
        public let value: String
        /// The host or domain that it goes to, in lower case.
        public let domain: String
        /// True where it goes to that host alone, and not to the hosts under it.
        public let hostOnly: Bool
        /// The path that it goes to.
        public let path: String
        /// True where it goes over secure connections only.
        public let secure: Bool
        /// True where scripts do not see it.
        public let httpOnly: Bool
        /// Which requests from other sites it goes along with.
        public let sameSite: SameSite
        /// True where each site that embeds its own has one for itself.
        public let partitioned: Bool
        /// Until when it lives, Unix milliseconds; nil where it ends with the session. A time that is past deletes the cookie.
        public let expiresAt: Int64?

        /// All fields, in their order.
        public init(
            name: String,
            value: String,
            domain: String,
            hostOnly: Bool,
            path: String,
            secure: Bool,
            httpOnly: Bool,
            sameSite: SameSite,
            partitioned: Bool,
            expiresAt: Int64?
        ) {
            self.name = name
            self.value = value
            self.domain = domain
            self.hostOnly = hostOnly
            self.path = path
            self.secure = secure
            self.httpOnly = httpOnly
            self.sameSite = sameSite
            self.partitioned = partitioned
            self.expiresAt = expiresAt
        }
    }

    /// Why a `Set-Cookie` header sets nothing, whatever the person allowed.
    public enum CookieFault: String, Sendable, Hashable, CaseIterable {
        /// The header holds a control character other than a tab (CK-1).
        case controlCharacter = "control_character"
        /// Neither a name nor a value (CK-1).
        case empty
        /// Name and value have more than 4,096 bytes together (CK-1).
        case tooLong = "too_long"
        /// `Domain` holds a letter that is not ASCII: it has to be written in the form that begins with `xn--`.
        case domainNotAscii = "domain_not_ascii"
        /// `Domain` is a public suffix, under which strangers have their sites (CK-3).
        case publicSuffix = "public_suffix"
        /// `Domain` names another site than the one that answered (CK-3).
        case foreignDomain = "foreign_domain"
        /// `Secure` over a connection that is not.
        case notSecure = "not_secure"
        /// `SameSite=None` without `Secure` (CK-5).
        case sameSiteNone = "same_site_none"
        /// `Partitioned` without `Secure` (CK-5).
        case partitioned
        /// A name that begins with `__Secure-`, without `Secure` (CK-4).
        case securePrefix = "secure_prefix"
        /// A name that begins with `__Host-`, without `Secure`, with a `Domain`, or with another path than `/` (CK-4).
        case hostPrefix = "host_prefix"
        /// A name that begins with `__Http-`, without `Secure` or `HttpOnly` (CK-4).
        case httpPrefix = "http_prefix"
        /// A name that begins with `__Host-Http-`, without what `__Host-` and `__Http-` ask for (CK-4).
        case hostHttpPrefix = "host_http_prefix"
        /// A cookie without a name whose value would be read as such a name (CK-4).
        case namelessPrefix = "nameless_prefix"
    }

    /// What becomes of a `Set-Cookie` header.
    public enum CookieJudgement: Sendable, Hashable {
        /// It sets this cookie, or deletes it. A deletion passes whatever the person said.
        case passes(Cookie)
        /// The person did not allow it.
        case withheld(CookieVerdict)
        /// It sets nothing, whatever was allowed.
        case faulty(CookieFault)
    }

    /// A cookie that was found in a jar. Its value is nobody's business here.
    public struct SeenCookie: Sendable, Hashable {
        /// Its name.
        public let name: String
        /// The jar that it was found in, in the app's own word: `web_view`, `http`.
        public let store: String
        /// Its domain, where the jar tells; with a dot in front where it goes to the hosts under it too.
        public let domain: String?
        /// Its path, where the jar tells.
        public let path: String?

        /// All fields, in their order.
        public init(name: String, store: String, domain: String? = nil, path: String? = nil) {
            self.name = name
            self.store = store
            self.domain = domain
            self.path = path
        }
    }

    /// A cookie that was found, and whether it may be there.
    public struct ScannedCookie: Sendable, Hashable {
        /// The cookie.
        public let cookie: SeenCookie
        /// Whether it may be set, and why not.
        public let verdict: CookieVerdict

        /// All fields, in their order.
        public init(cookie: SeenCookie, verdict: CookieVerdict) {
            self.cookie = cookie
            self.verdict = verdict
        }
    }

    /// What was found in the jars.
    public struct CookieReport: Sendable, Hashable {
        /// Every cookie, in the order in which it was given.
        public let cookies: [ScannedCookie]
        /// How many the policy names.
        public let namedByPolicy: Int64
        /// How many the app's catalogue names and the policy does not. They should be declared in the policy.
        public let namedByCatalogue: Int64
        /// How many nobody names.
        public let unknown: Int64
        /// How many are there although they may not be set now.
        public let withoutConsent: Int64

        /// All fields, in their order.
        public init(cookies: [ScannedCookie], namedByPolicy: Int64, namedByCatalogue: Int64, unknown: Int64, withoutConsent: Int64) {
            self.cookies = cookies
            self.namedByPolicy = namedByPolicy
            self.namedByCatalogue = namedByCatalogue
            self.unknown = unknown
            self.withoutConsent = withoutConsent
        }
    }

    /// One cookie that has to go.
    public struct PurgeStep: Sendable, Hashable {
        /// The cookie. A jar that deletes by name, domain and path does so.
        public let cookie: SeenCookie
        /// For a jar that does not: the `Set-Cookie` headers that delete it, whichever of them fits. They go to the address for which the plan
        /// was made.
        public let headers: [String]
        /// The purposes that it needs and that are not all allowed.
        public let purposes: [String]

        /// All fields, in their order.
        public init(cookie: SeenCookie, headers: [String], purposes: [String]) {
            self.cookie = cookie
            self.headers = headers
            self.purposes = purposes
        }
    }
}

import ConsentKitBase

/// A name that a pattern tells apart: one cookie's, or the beginning of the names of those that no pattern names more exactly.
struct SoughtCookie: Hashable, Comparable {
    let name: String
    let isExact: Bool

    init(_ pattern: String) {
        isExact = !pattern.hasSuffix("*")
        name = isExact ? pattern : String(pattern.dropLast())
    }

    /// The cookie of this name, whatever letters it has.
    init(exactly name: String) {
        (self.name, isExact) = (name, true)
    }

    fileprivate init(beginning: Substring) {
        (name, isExact) = (String(beginning), false)
    }

    var text: String { isExact ? name : "\(name)*" }

    /// As the core lists them: exact names first.
    static func < (left: Self, right: Self) -> Bool {
        left.isExact != right.isExact ? left.isExact : left.name < right.name
    }
}

/// Whose a cookie is under one edition: whoever claims the exact name, or else whoever claims the longest beginning of it (CK-8).
struct CookieClaims {
    typealias Claim = (purpose: PolicyPurpose, at: Int, index: Int)

    private var claims: [SoughtCookie: Claim] = [:]

    init(_ policy: PolicyDocument) {
        for (at, purpose) in policy.purposes.enumerated() {
            for (index, pattern) in purpose.cookies.enumerated() where claims[SoughtCookie(pattern)] == nil {
                claims[SoughtCookie(pattern)] = (purpose, at, index)
            }
        }
    }

    var sought: Set<SoughtCookie> { Set(claims.keys) }

    func owner(of cookie: SoughtCookie) -> Claim? {
        if cookie.isExact, let claim = claims[cookie] { return claim }
        return (0...cookie.name.count).reversed().lazy.compactMap { claims[SoughtCookie(beginning: cookie.name.prefix($0))] }.first
    }
}

extension PolicyDocument {
    /// The cookies that it frees although no purpose loses anything: another purpose claims one, or a narrower name. Each is compared with the
    /// last edition in which anybody claimed it, from the top of the document to its end.
    func cookiesFreed(since editions: [PolicyDocument]) -> [(place: String, code: Consent.FaultCode, what: String)] {
        let (before, now) = (editions.map(CookieClaims.init), CookieClaims(self))
        let names = before.reduce(now.sought) { $0.union($1.sought) }
        let owned = names.sorted().compactMap { name in now.owner(of: name).map { (name: name, claim: $0) } }
        let inOrder = owned.enumerated().sorted {
            ($0.element.claim.at, $0.element.claim.index, $0.offset) < ($1.element.claim.at, $1.element.claim.index, $1.offset)
        }
        return inOrder.compactMap { _, owned in
            let (place, after) = ("/purposes/\(owned.claim.at)/cookies/\(owned.claim.index)", owned.claim.purpose)
            guard let owner = before.lazy.compactMap({ $0.owner(of: owned.name)?.purpose }).first else {
                let what = "allows the cookie \(owned.name.text) although nobody was asked about it"
                return after.bringsCookiesUnasked(editions) ? (place, .consentTakenAway, what) : nil
            }
            if !owner.basis.mayBeAnswered { return nil }
            // An objection to one purpose is none to another.
            let leavesObjection = after.basis.silenceAllows && after.id != owner.id
            if after.basis.say < owner.basis.say || leavesObjection {
                return (place, .consentTakenAway, "takes the cookie \(owned.name.text) away from \(owner.basis.lostSay)")
            }
            let freed = owner.sharesForAdvertising && !after.sharesForAdvertising
            return freed ? (place, .guardWeakened, "takes the cookie \(owned.name.text) away from what Global Privacy Control holds back") : nil
        }
    }
}

extension PolicyPurpose {
    /// True where a cookie that no purpose had before would be allowed at once. A contract's or a law's purpose that has cookies may have more.
    fileprivate func bringsCookiesUnasked(_ editions: [PolicyDocument]) -> Bool {
        if basis.silenceAllows { return true }
        return basis != .consent && editions.lastAsked(id).map { $0.purpose.cookies.isEmpty } ?? false
    }
}

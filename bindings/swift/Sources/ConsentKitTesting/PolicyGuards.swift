import ConsentKitBase

// What a delivered edition may not loosen: only the app itself may.
extension PolicyDocument {
    private static let fix = "ship the change inside the app"

    /// Every guard that it loosens, by the core's own rules and in its order.
    func guardFaults(after inForce: PolicyDocument, and former: [PolicyDocument]) -> [Consent.PolicyFault] {
        var faults: [Consent.PolicyFault] = []
        func add(_ pointer: String, _ code: Consent.FaultCode, _ what: String) {
            faults.append(Consent.PolicyFault(pointer: pointer, code: code, what: "a delivered policy \(what)", fix: Self.fix))
        }
        if audience.strictness < inForce.audience.strictness {
            add("/audience", .guardWeakened, "expects fewer children than the one in force, and a child would be taken for a grown-up (PIPA-8)")
        }
        for regime in inForce.regimes where !regimes.contains(regime) {
            add("/regimes", .guardWeakened, "is no longer held to the law \"\(regime.rawValue)\"")
        }
        if ageOfConsent < inForce.ageOfConsent {
            add("/age_of_consent", .guardWeakened, "lowers the age of consent, and a child would be taken for a grown-up (PIPA-8)")
        }
        if let before = inForce.night, night.map({ $0.spares(moreThan: before) }) ?? true {
            add("/night", .consentTakenAway, "allows messages at hours that need a consent of their own (KR-4)")
        }
        for (at, purpose) in purposes.enumerated() {
            guard let policy = ([inForce] + former).first(where: { $0.purpose(purpose.id) != nil }), let before = policy.purpose(purpose.id)
            else {
                if purpose.basis.silenceAllows {
                    add("/purposes/\(at)/basis", .consentTakenAway, "brings a purpose that is allowed although nobody was asked about it")
                }
                continue
            }
            for (field, code, what) in Self.loosened(before, in: policy, by: purpose, in: self) {
                add("/purposes/\(at)/\(field)", code, what)
            }
        }
        let editions = [inForce] + former
        for (place, code, what) in cookiesFreed(since: editions) { add(place, code, what) }
        for type in PolicyPurpose.Google.allCases {
            // Beside the last edition in which anybody named it.
            let before = editions.lazy.map { $0.naming(type) }.first { !$0.isEmpty } ?? []
            let after = naming(type)
            if !after.isEmpty && !before.isSubset(of: after) {
                add("/purposes", .guardWeakened, "tells Google of a consent that depends on fewer purposes than before (GCM-4)")
            }
        }
        return faults
    }

    private typealias Loosened = (place: String, code: Consent.FaultCode, what: String)

    private static func loosened(
        _ old: PolicyPurpose, in before: PolicyDocument, by new: PolicyPurpose, in after: PolicyDocument
    ) -> [Loosened] {
        if !old.basis.mayBeAnswered { return [] }
        func isExempt(_ purpose: PolicyPurpose, in policy: PolicyDocument) -> Bool {
            !(purpose.channel.map(policy.needsNightConsent) ?? false)
        }
        let basis: [Loosened] =
            new.basis.say >= old.basis.say ? [] : [("basis", .consentTakenAway, "takes the purpose away from \(old.basis.lostSay)")]
        let guards: [(field: String, isLoosened: Bool)] = [
            ("uses", old.uses != nil && new.uses != old.uses), ("sharing", old.sharing && !new.sharing), ("scope", new.scope != old.scope),
            ("night", old.night && !new.night), ("channel", !isExempt(old, in: before) && isExempt(new, in: after)),
            ("requires", !Set(old.requires).isSubset(of: new.requires)),
            ("expires_after_days", (new.expiresAfterDays ?? .max) > (old.expiresAfterDays ?? .max)),
        ]
        return basis + guards.filter(\.isLoosened).map { ($0.field, .guardWeakened, "takes away a guard: \($0.field)") }
    }

    /// A cookie could leave its guards without any purpose changing: another purpose claims it, or a narrower name. It is
    /// compared with the last edition in which anybody claimed it.
    private func cookiesFreed(since editions: [PolicyDocument]) -> [Loosened] {
        let names = Set((editions + [self]).flatMap { $0.purposes.flatMap(\.cookies) }.map(Self.name))
        // As in the library, from the top of the document to its end.
        let owned = names.sorted().compactMap { name in owner(of: name).map { (name, $0.purpose, $0.at, $0.index) } }
        return owned.sorted { ($0.2, $0.3) < ($1.2, $1.3) }.compactMap { name, after, at, index in
            let place = "/purposes/\(at)/cookies/\(index)"
            guard let before = editions.lazy.compactMap({ $0.owner(of: name)?.purpose }).first,
                before.basis.mayBeAnswered
            else { return nil }
            if after.basis.say < before.basis.say { return (place, .consentTakenAway, "takes the cookie \(name) away from \(before.basis.lostSay)") }
            let freed = before.sharesForAdvertising && !after.sharesForAdvertising
            return freed ? (place, .guardWeakened, "takes the cookie \(name) away from what Global Privacy Control holds back") : nil
        }
    }

    private func naming(_ type: PolicyPurpose.Google) -> Set<String> {
        Set(purposes.filter { $0.google.contains(type) }.map(\.id))
    }

    /// The purpose that a cookie's name falls to, and the pattern's place: the exact name first, then the longest beginning (CK-8).
    private func owner(of name: String) -> (purpose: PolicyPurpose, at: Int, index: Int)? {
        var best: (length: Int, purpose: PolicyPurpose, at: Int, index: Int)?
        for (at, purpose) in purposes.enumerated() {
            for (index, pattern) in purpose.cookies.enumerated() {
                let beginning = Self.name(pattern)
                let fits = pattern.hasSuffix("*") ? name.hasPrefix(beginning) : pattern == name
                let length = pattern.hasSuffix("*") ? beginning.utf8.count : .max
                if fits, length > best?.length ?? -1 { best = (length, purpose, at, index) }
            }
        }
        return best.map { ($0.purpose, $0.at, $0.index) }
    }

    /// A pattern without its `*`.
    private static func name(_ pattern: String) -> String {
        pattern.hasSuffix("*") ? String(pattern.dropLast()) : pattern
    }
}

extension PolicyPurpose.Basis {
    /// What a person loses where it gives way to one that leaves less to say.
    fileprivate var lostSay: String { self == .consent ? "consent" : "the person's objection" }
}

extension PolicyDocument.Audience {
    /// The higher, the more is guarded.
    fileprivate var strictness: Int {
        switch self {
        case .adult: 0
        case .mixed: 1
        case .child: 2
        }
    }
}

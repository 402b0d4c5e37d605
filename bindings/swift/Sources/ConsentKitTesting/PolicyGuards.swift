import ConsentKitBase

// What a delivered edition may not loosen: only the app itself may.
extension PolicyDocument {
    private static let fix = "ship the change inside the app"
    /// How far the number of a purpose's meaning may rise in one delivered edition: far enough for numbers that are dates.
    private static let maxMaterialAhead = 1_000_000
    /// Most days of notice that a delivered edition may promise, since every later one is held to that. Ten years are more than anybody gives.
    private static let maxNoticeDays = 3_660

    /// Every guard that it loosens, by the core's own rules and in its order.
    func guardFaults(after inForce: PolicyDocument, and former: [PolicyDocument]) -> [Consent.PolicyFault] {
        let editions = [inForce] + former
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
        if languages.first != inForce.languages.first {
            add("/languages/0", .guardWeakened, "puts another language first, and texts are compared in the first one")
        }
        if let before = inForce.night, night.map({ $0.spares(moreThan: before) }) ?? true {
            add("/night", .consentTakenAway, "allows messages at hours that need a consent of their own (KR-4)")
        }
        if coolDownDays < inForce.coolDownDays { add("/cool_down_days", .guardWeakened, "brings a closed form back sooner (PIPA-16)") }
        for (field, days) in [("notice_days", \PolicyTexts.Amendments.noticeDays), ("material_notice_days", \.materialNoticeDays)] {
            let (before, after) = (inForce.texts.amendments?[keyPath: days] ?? 0, texts.amendments?[keyPath: days] ?? 0)
            if after > max(before, Self.maxNoticeDays) {
                add("/amendments/\(field)", .outOfRange, "promises more than \(Self.maxNoticeDays) days of notice")
            }
        }
        for (at, purpose) in purposes.enumerated() {
            guard let before = editions.lastAsked(purpose.id) else {
                if purpose.basis.silenceAllows {
                    add("/purposes/\(at)/basis", .consentTakenAway, "brings a purpose that is allowed although nobody was asked about it")
                }
                continue
            }
            if purpose.material > before.purpose.material + Self.maxMaterialAhead {
                add("/purposes/\(at)/material", .outOfRange, "raises material by more than \(Self.maxMaterialAhead)")
            }
            let after = AskedPurpose(policy: self, purpose: purpose)
            for (field, code, what) in Self.loosened(before, by: after) {
                add("/purposes/\(at)/\(field)", code, what)
            }
            for part in Self.addedUnasked(to: before, by: after, at: at) {
                add(part.pointer, .consentTakenAway, "changes what is allowed although nobody is asked about it")
            }
        }
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

    private static func loosened(_ before: AskedPurpose, by after: AskedPurpose) -> [Loosened] {
        let (old, new) = (before.purpose, after.purpose)
        if !old.basis.mayBeAnswered { return [] }
        func isExempt(_ asked: AskedPurpose) -> Bool {
            !(asked.purpose.channel.map(asked.policy.needsNightConsent) ?? false)
        }
        let basis: [Loosened] =
            new.basis.say >= old.basis.say ? [] : [("basis", .consentTakenAway, "takes the purpose away from \(old.basis.lostSay)")]
        let guards: [(field: String, isLoosened: Bool)] = [
            ("uses", old.uses != nil && new.uses != old.uses), ("sharing", old.sharing && !new.sharing), ("scope", new.scope != old.scope),
            ("night", old.night && !new.night), ("channel", !isExempt(before) && isExempt(after)),
            ("requires", !Set(old.requires).isSubset(of: new.requires)), ("expires_after_days", new.lastsLonger(than: old)),
        ]
        return basis + guards.filter(\.isLoosened).map { ($0.field, .guardWeakened, "takes away a guard: \($0.field)") }
    }

    /// Nobody is asked about a purpose that needs no yes, however much `material` rises. So whatever is added to it would be allowed at once.
    private static func addedUnasked(to before: AskedPurpose, by after: AskedPurpose, at: Int) -> [ChangedPart] {
        if before.purpose.basis == .consent || after.purpose.basis == .consent { return [] }
        let isEditorial = after.purpose.isEditorial(from: before.policy.edition, to: after.policy.edition)
        return ChangedPart.of(after, since: before, at: at).filter { $0.widens && !(isEditorial && $0.isWording) }
    }

    private func naming(_ type: PolicyPurpose.Google) -> Set<String> {
        Set(purposes.filter { $0.google.contains(type) }.map(\.id))
    }
}

extension PolicyPurpose.Basis {
    /// What a person loses where it gives way to one that leaves less to say.
    var lostSay: String { self == .consent ? "consent" : "the person's objection" }
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

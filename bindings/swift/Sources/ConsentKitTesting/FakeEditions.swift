import ConsentKitBase

// The editions of the policy: the one in force, those before it, and those that are announced.
extension FakeLedger {
    /// How far a delivered edition may be ahead of the one that the app ships: whoever can deliver one must not use up the app's own numbers.
    private static let maxEditionsAhead = 1_000_000
    /// Most editions that are announced at a time. A company announces one, and a second one at the most before the first is in force.
    private static let maxAnnounced = 4
    private static let dayMs: Int64 = 86_400_000

    /// What counts at a time: an announced edition does from its day on, also before any record says so.
    func at(_ now: Int64) -> FakeLedger {
        var ledger = self
        for edition in announced where edition.effectiveFrom <= now { ledger.enter(edition) }
        return ledger
    }

    /// What is seen at a time: the records with what is held over them, under the edition that is in force then.
    func shown(at now: Int64) -> FakeLedger {
        shown.at(now)
    }

    /// When the next announced edition comes into force.
    var nextEdition: Int64? {
        announced.first?.effectiveFrom
    }

    /// Records that an announced edition is in force, where its day has come; says whether it did.
    mutating func enterDueEdition(at now: Int64) -> Bool {
        guard let due = announced.last(where: { $0.effectiveFrom <= now }) else { return false }
        settle(at: now)
        self = at(now)
        append("policy", at: now, policyVersion: due.version)
        return true
    }

    /// Takes over an edition that was delivered, or announces it where its day lies ahead, by the core's own rules.
    mutating func adopt(_ document: String, at now: Int64) throws(ConsentError) {
        let offered = try PolicyDocument.read(document)
        if offered == policy || announced.contains(offered) { return }
        let faults = faults(of: offered, at: now)
        if !faults.isEmpty { throw .policyRefused(faults: faults) }
        if offered.effectiveFrom > now {
            announce(offered)
            append("announced", at: now, policyVersion: offered.version, edition: offered.edition)
        } else {
            enter(offered)
            append("policy", at: now, policyVersion: offered.version)
        }
    }

    /// The editions that are announced at a time, the next one first. What changes field by field is not worked out.
    func announcements(at now: Int64, page: (PolicyDocument) -> Consent.PolicyView) -> [Consent.AnnouncedEdition] {
        var before = at(now).policy
        return at(now).announced.map { edition in
            let known = before
            func asked(_ policy: PolicyDocument, _ id: String) -> Int? {
                policy.purpose(id).flatMap { $0.basis == .consent ? $0.material : nil }
            }
            let news = edition.purposes.filter { $0.basis == .consent }
            before = edition
            return Consent.AnnouncedEdition(
                edition: Int64(edition.edition), version: edition.version, from: edition.effectiveFrom,
                daysLeft: (edition.effectiveFrom - now + Self.dayMs - 1) / Self.dayMs, changes: [],
                asksAgain: news.filter { purpose in asked(known, purpose.id).map { $0 < purpose.material } ?? false }.map(\.id),
                asksFirst: news.filter { asked(known, $0.id) == nil }.map(\.id), policy: page(edition))
        }
    }

    /// What silence is worth from now on: no yes where consent was asked, and none yet of whom not all is known that was said elsewhere.
    private mutating func enter(_ edition: PolicyDocument) {
        if edition.purposes.contains(where: \.basis.silenceAllows) {
            askedBefore.formUnion(edition.askedBefore(by: [policy] + formerPolicies))
            if edition.bringsSilence(after: policy) {
                for account in accounts.values where pulled[account] == .all { pulled[account] = .notYet }
            }
        }
        formerPolicies.insert(policy, at: 0)
        policy = edition
        announced.removeAll { $0.edition <= edition.edition }
    }

    /// An edition takes its place among those that are announced: one of a lower number that would come into force later has none any more.
    private mutating func announce(_ edition: PolicyDocument) {
        announced.removeAll { $0.edition < edition.edition && $0.effectiveFrom >= edition.effectiveFrom }
        announced.append(edition)
        announced.sort { $0.effectiveFrom < $1.effectiveFrom }
    }

    private func faults(of offered: PolicyDocument, at now: Int64) -> [Consent.PolicyFault] {
        let shipped = formerPolicies.last?.edition ?? policy.edition
        if offered.edition > shipped + Self.maxEditionsAhead {
            let what = "edition \(offered.edition) is more than \(Self.maxEditionsAhead) ahead of \(shipped), the highest that the app shipped"
            return [
                Consent.PolicyFault(
                    pointer: "/edition", code: .outOfRange, what: what, fix: "count editions up by one, or ship this one inside the app")
            ]
        }
        let follows = offered.faults(after: policy, and: formerPolicies)
        return follows.isEmpty ? faultsBesideAnnounced(of: offered, at: now) : follows
    }

    /// What stands against it because of those that are announced.
    private func faultsBesideAnnounced(of offered: PolicyDocument, at now: Int64) -> [Consent.PolicyFault] {
        let from = offered.effectiveFrom > now ? offered.effectiveFrom : nil
        func fault(_ pointer: String, _ code: Consent.FaultCode, _ what: String, _ fix: String) -> [Consent.PolicyFault] {
            [Consent.PolicyFault(pointer: pointer, code: code, what: what, fix: fix)]
        }
        let faults = announced.sorted { $0.edition < $1.edition }.flatMap { other -> [Consent.PolicyFault] in
            if other.edition == offered.edition {
                return fault("/edition", .sameEditionChanged, "an edition that is announced, with other content", "raise edition")
            }
            if from == other.effectiveFrom {
                let fix = "let one of the two take effect on another day"
                return fault("/effective_on", .dayTaken, "another edition is announced for the same day", fix)
            }
            if other.edition < offered.edition { return offered.follows(other, []) }
            if let from, from > other.effectiveFrom {
                let what = "it takes effect after an announced edition with a higher number"
                return fault("/effective_on", .datesBackwards, what, "give it a higher number, or let it take effect earlier")
            }
            return other.follows(offered, [])
        }
        guard let from else { return faults }
        let kept = announced.filter { $0.edition > offered.edition || $0.effectiveFrom <= from }.count
        if kept < Self.maxAnnounced { return faults }
        let what = "\(Self.maxAnnounced) editions are announced already"
        return faults + fault("/effective_on", .outOfRange, what, "announce it once one of them is in force")
    }
}

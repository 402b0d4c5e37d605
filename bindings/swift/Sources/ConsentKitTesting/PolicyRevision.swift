import ConsentKitBase

// Whether one edition of a policy may follow another.
extension PolicyDocument {
    /// All that stands against it as a delivered edition, by the core's own rules. A purpose that one edition left out is compared with
    /// the last one that had it.
    func faults(after inForce: PolicyDocument, and former: [PolicyDocument]) -> [Fault] {
        if id != inForce.id {
            return [
                Fault(
                    pointer: "/id", code: .otherPolicy, what: "another policy than the one in force",
                    fix: "deliver the next edition of the same policy")
            ]
        }
        if edition < inForce.edition {
            return [
                Fault(
                    pointer: "/edition", code: .olderEdition,
                    what: "edition \(edition) is older than \(inForce.edition), which is in force",
                    fix: "publish the older text again under a new edition")
            ]
        }
        if edition == inForce.edition {
            return [
                Fault(
                    pointer: "/edition", code: .sameEditionChanged,
                    what: "the edition in force, with other content: records name editions, so one edition is one text",
                    fix: "raise edition")
            ]
        }
        let ofPurposes = purposes.enumerated().flatMap { at, purpose -> [Fault] in
            for policy in [inForce] + former {
                guard let before = policy.purpose(purpose.id) else { continue }
                return Self.faults(at: "/purposes/\(at)", of: purpose, in: self, after: before, in: policy)
            }
            return []
        }
        let ofNight =
            night.spares(moreThan: inForce.night)
            ? [
                Fault(
                    pointer: "/night", code: .consentTakenAway,
                    what: "a delivered policy allows messages at hours that need a consent of their own (KR-4)",
                    fix: "ship the change inside the app")
            ] : []
        return ofPurposes + ofNight + cookiesTakenAway(from: inForce)
    }

    private static func faults(
        at place: String, of new: PolicyPurpose, in offered: PolicyDocument, after old: PolicyPurpose, in inForce: PolicyDocument
    ) -> [Fault] {
        var faults: [Fault] = []
        if old.basis == .consent && new.basis != .consent {
            faults.append(
                Fault(
                    pointer: "\(place)/basis", code: .consentTakenAway, what: "a delivered policy takes the purpose away from consent",
                    fix: "ship the change inside the app"))
        }
        if new.material < old.material {
            faults.append(
                Fault(
                    pointer: "\(place)/material", code: .materialLowered,
                    what: "material \(new.material) is lower than \(old.material), which is in force",
                    fix: "never lower it: choices are compared with it"))
        }
        let asked = old.basis == .consent || new.basis == .consent
        if asked && new.material == old.material && old.meaning(in: inForce) != new.meaning(in: offered, after: old) {
            faults.append(
                Fault(
                    pointer: "\(place)/material", code: .materialNotRaised,
                    what: "what was agreed to changed and material did not rise (PIPA-1)",
                    fix: "raise material, so that the person is asked again"))
        }
        return faults
    }

    /// A cookie could leave its consent without any purpose changing its basis: a purpose that needs none claims it, or a narrower name.
    private func cookiesTakenAway(from inForce: PolicyDocument) -> [Fault] {
        let names = Set([inForce, self].flatMap { $0.purposes.flatMap(\.cookies) }.map(Self.name))
        return names.sorted().compactMap { name in
            guard inForce.owner(of: name)?.purpose.basis == .consent, let (purpose, place) = owner(of: name), purpose.basis != .consent
            else { return nil }
            return Fault(
                pointer: place, code: .consentTakenAway, what: "a delivered policy takes the cookie \(name) away from consent",
                fix: "ship the change inside the app")
        }
    }

    /// The purpose that a cookie's name falls to, and the pattern's place: the exact name first, then the longest beginning (CK-8).
    private func owner(of name: String) -> (purpose: PolicyPurpose, place: String)? {
        var best: (length: Int, purpose: PolicyPurpose, place: String)?
        for (at, purpose) in purposes.enumerated() {
            for (index, pattern) in purpose.cookies.enumerated() {
                let beginning = Self.name(pattern)
                let fits = pattern.hasSuffix("*") ? name.hasPrefix(beginning) : pattern == name
                let length = pattern.hasSuffix("*") ? beginning.utf8.count : .max
                if fits, length > best?.length ?? -1 { best = (length, purpose, "/purposes/\(at)/cookies/\(index)") }
            }
        }
        return best.map { ($0.purpose, $0.place) }
    }

    /// A pattern without its `*`.
    private static func name(_ pattern: String) -> String {
        pattern.hasSuffix("*") ? String(pattern.dropLast()) : pattern
    }
}

/// What a person agreed to, apart from wording: a corrected letter asks nobody again.
private struct Meaning: Equatable {
    let basis: PolicyPurpose.Basis
    let scope: PolicyPurpose.Scope
    let channel: PolicyPurpose.Channel?
    let night: Bool
    let uses: PolicyPurpose.Uses?
    let sharing: Bool
    let cookies: Set<String>
    let google: Set<PolicyPurpose.Google>
    let expiresAfterDays: Int?
    let requires: Set<String>
    let items: Set<String>
    let thirdParties: [String: Set<String>]
    let transfers: [String: Set<String>]
}

extension PolicyPurpose {
    /// The meaning beside an older one: fewer cookies, fewer types and an earlier end change nothing that was agreed to.
    fileprivate func meaning(in policy: PolicyDocument, after older: PolicyPurpose? = nil) -> Meaning {
        let before = older ?? self
        let cookies = Set(cookies).isSubset(of: before.cookies) ? before.cookies : cookies
        let google = Set(google).isSubset(of: before.google) ? before.google : google
        let lastsLonger = (expiresAfterDays ?? .max) > (before.expiresAfterDays ?? .max)
        let parties = policy.thirdParties.filter { thirdParties.contains($0.id) }
        let abroad = policy.transfers.filter { transfers.contains($0.id) }
        return Meaning(
            basis: basis, scope: scope, channel: channel, night: night, uses: uses, sharing: sharing, cookies: Set(cookies),
            google: Set(google), expiresAfterDays: lastsLonger ? expiresAfterDays : before.expiresAfterDays, requires: Set(requires),
            items: Set(notice?.items ?? []),
            thirdParties: Dictionary(parties.map { ($0.id, Set($0.items)) }) { first, _ in first },
            transfers: Dictionary(abroad.map { ($0.id, Set($0.items)) }) { first, _ in first })
    }
}

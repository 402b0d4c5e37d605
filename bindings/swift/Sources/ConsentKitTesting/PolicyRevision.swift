import ConsentKitBase

// Whether one edition of a policy may follow another.
extension PolicyDocument {
    /// All that stands against it as a delivered edition, by the core's own rules. A purpose that one edition left out is compared with
    /// the last one that had it.
    func faults(after inForce: PolicyDocument, and former: [PolicyDocument]) -> [Consent.PolicyFault] {
        follows(inForce, former) + goesBack(after: inForce)
    }

    /// The fault of an edition that takes effect before the one that it follows did.
    private func goesBack(after inForce: PolicyDocument) -> [Consent.PolicyFault] {
        // Days as they are written, year first.
        guard let before = inForce.texts.effectiveOn, let after = texts.effectiveOn, after < before else { return [] }
        return [
            Consent.PolicyFault(
                pointer: "/effective_on", code: .datesBackwards,
                what: "it takes effect on \(after), before edition \(inForce.edition), which did on \(before)",
                fix: "give it a day on which it really takes effect")
        ]
    }

    private func follows(_ inForce: PolicyDocument, _ former: [PolicyDocument]) -> [Consent.PolicyFault] {
        if id != inForce.id {
            return [
                Consent.PolicyFault(
                    pointer: "/id", code: .otherPolicy, what: "another policy than the one in force",
                    fix: "deliver the next edition of the same policy")
            ]
        }
        if edition < inForce.edition {
            return [
                Consent.PolicyFault(
                    pointer: "/edition", code: .olderEdition,
                    what: "edition \(edition) is older than \(inForce.edition), which is in force",
                    fix: "publish the older text again under a new edition")
            ]
        }
        if edition == inForce.edition {
            return [
                Consent.PolicyFault(
                    pointer: "/edition", code: .sameEditionChanged,
                    what: "the edition in force, with other content: records name editions, so one edition is one text",
                    fix: "raise edition")
            ]
        }
        let ofPurposes = purposes.enumerated().flatMap { at, purpose -> [Consent.PolicyFault] in
            for policy in [inForce] + former {
                guard let before = policy.purpose(purpose.id) else { continue }
                return Self.faults(at: "/purposes/\(at)", of: purpose, in: self, after: before, in: policy)
            }
            return []
        }
        return ofPurposes + guardFaults(after: inForce, and: former)
    }

    /// The purposes that it allows until the person objects, and of which silence does not come to mean yes: an earlier edition asked consent
    /// to it, or had it with another scope, under which an objection may stand.
    func askedBefore(by editions: [PolicyDocument]) -> [String] {
        purposes.filter(\.basis.silenceAllows).filter { silent in
            editions.compactMap { $0.purpose(silent.id) }.contains {
                $0.basis == .consent || ($0.basis.silenceAllows && $0.scope != silent.scope)
            }
        }.map(\.id)
    }

    /// True where it brings a purpose of persons that is allowed until they object, or makes one of the device such a purpose.
    func bringsSilence(after inForce: PolicyDocument) -> Bool {
        purposes.contains { $0.basis.silenceAllows && $0.scope == .person && inForce.purpose($0.id)?.scope != .person }
    }

    private static func faults(
        at place: String, of new: PolicyPurpose, in offered: PolicyDocument, after old: PolicyPurpose, in inForce: PolicyDocument
    ) -> [Consent.PolicyFault] {
        var faults: [Consent.PolicyFault] = []
        if new.material < old.material {
            faults.append(
                Consent.PolicyFault(
                    pointer: "\(place)/material", code: .materialLowered,
                    what: "material \(new.material) is lower than \(old.material), which is in force",
                    fix: "never lower it: choices are compared with it"))
        }
        let asked = old.basis.mayBeAnswered || new.basis.mayBeAnswered
        if asked && new.material == old.material && old.meaning(in: inForce) != new.meaning(in: offered, after: old) {
            faults.append(
                Consent.PolicyFault(
                    pointer: "\(place)/material", code: .materialNotRaised,
                    what: "what was agreed to changed and material did not rise (PIPA-1)",
                    fix: "raise material, so that the person is asked again"))
        }
        return faults
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

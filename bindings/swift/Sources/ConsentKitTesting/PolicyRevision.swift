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

    func follows(_ inForce: PolicyDocument, _ former: [PolicyDocument]) -> [Consent.PolicyFault] {
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
            guard let before = ([inForce] + former).lastAsked(purpose.id) else { return [] }
            return Self.faults(of: AskedPurpose(policy: self, purpose: purpose), after: before, at: at)
        }
        return ofPurposes + [announcedTooLate(after: inForce)].compactMap { $0 } + guardFaults(after: inForce, and: former)
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

    private static func faults(of after: AskedPurpose, after before: AskedPurpose, at: Int) -> [Consent.PolicyFault] {
        let (old, new, place) = (before.purpose, after.purpose, "/purposes/\(at)/material")
        if new.material < old.material {
            return [
                Consent.PolicyFault(
                    pointer: place, code: .materialLowered, what: "material \(new.material) is lower than \(old.material), which is in force",
                    fix: "never lower it: choices are compared with it")
            ]
        }
        guard new.material == old.material, old.basis.mayBeAnswered || new.basis.mayBeAnswered else { return [] }
        let isEditorial = new.isEditorial(from: before.policy.edition, to: after.policy.edition)
        let changed = ChangedPart.of(after, since: before, at: at).filter { !(isEditorial && $0.isWording) }
        if changed.isEmpty { return [] }
        let places = changed.map(\.pointer).joined(separator: ", ")
        return [
            Consent.PolicyFault(
                pointer: place, code: .materialNotRaised, what: "what was agreed to changed (\(places)) and material did not rise (PIPA-1)",
                fix: "raise material, so that the person is asked again")
        ]
    }

    /// The fault of an edition that is announced later than the one before it and it itself promise.
    private func announcedTooLate(after inForce: PolicyDocument) -> Consent.PolicyFault? {
        // Days as they are written, year first. A document that repeats the day of the edition before it does not tell when it was announced.
        guard let announced = texts.announcedOn, let effective = texts.effectiveOn, inForce.texts.effectiveOn.map({ effective > $0 }) ?? true,
            let from = try? PolicyDay(announced).number, let until = try? PolicyDay(effective).number
        else { return nil }
        let asksAgain = purposes.contains { purpose in inForce.purpose(purpose.id).map { $0.material < purpose.material } ?? false }
        let days = max(inForce.noticeDays(asksAgain), noticeDays(asksAgain))
        if from + Int64(days) <= until { return nil }
        return Consent.PolicyFault(
            pointer: "/announced_on", code: .noticeTooShort,
            what: "announced less than the \(days) days before it takes effect that this change needs",
            fix: "announce it earlier, or let it take effect later")
    }

    private func noticeDays(_ asksAgain: Bool) -> Int {
        max(texts.amendments?.noticeDays ?? 0, asksAgain ? texts.amendments?.materialNoticeDays ?? 0 : 0)
    }
}

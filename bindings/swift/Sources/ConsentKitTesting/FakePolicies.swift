import ConsentKitBase
import Foundation

extension PolicyDocument {
    /// Reads a document. Only what the fake uses of it is looked at.
    static func read(_ document: String) throws(ConsentError) -> PolicyDocument {
        do {
            return try JSONDecoder().decode(Self.self, from: Data(document.utf8))
        } catch {
            throw .policyInvalid(faults: [fault(of: error)])
        }
    }

    private static func fault(of error: any Error) -> Fault {
        func at(_ path: [any CodingKey]) -> String {
            path.map { "/" + ($0.intValue.map(String.init) ?? $0.stringValue) }.joined()
        }
        switch error {
        case DecodingError.keyNotFound(let key, let context):
            return Fault(
                pointer: at(context.codingPath + [key]), code: .missingField, what: "a needed field is not there", fix: "add it")
        case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context):
            return Fault(
                pointer: at(context.codingPath), code: .wrongType, what: "a value of another type", fix: "compare it with the schema")
        case DecodingError.dataCorrupted(let context) where !context.codingPath.isEmpty:
            return Fault(
                pointer: at(context.codingPath), code: .unknownValue, what: "not a value that is allowed here",
                fix: "compare it with the schema")
        default:
            return Fault(pointer: "", code: .syntax, what: "the document is no JSON", fix: "check it with a JSON tool")
        }
    }
}

extension FakeLedger {
    /// Takes over a later edition that was delivered, by the core's own rules for one purpose after another.
    mutating func adopt(_ document: String, at now: Int64) throws(ConsentError) {
        let offered = try PolicyDocument.read(document)
        if offered == policy { return }
        let faults = Self.faults(of: offered, after: policy)
        if !faults.isEmpty { throw .policyRefused(faults: faults) }
        policy = offered
        append("policy", at: now, policyVersion: offered.version)
    }

    private static func faults(of offered: PolicyDocument, after inForce: PolicyDocument) -> [Fault] {
        if offered.id != inForce.id {
            return [
                Fault(
                    pointer: "/id", code: .otherPolicy, what: "another policy than the one in force",
                    fix: "deliver the next edition of the same policy")
            ]
        }
        if offered.edition < inForce.edition {
            return [
                Fault(
                    pointer: "/edition", code: .olderEdition,
                    what: "edition \(offered.edition) is older than \(inForce.edition), which is in force",
                    fix: "publish the older text again under a new edition")
            ]
        }
        if offered.edition == inForce.edition {
            return [
                Fault(
                    pointer: "/edition", code: .sameEditionChanged,
                    what: "the edition in force, with other content: records name editions, so one edition is one text",
                    fix: "raise edition")
            ]
        }
        return offered.purposes.enumerated().flatMap { at, purpose -> [Fault] in
            guard let before = inForce.purpose(purpose.id) else { return [] }
            return faults(at: "/purposes/\(at)", of: purpose, in: offered, after: before, in: inForce)
        }
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
            google: Set(google), expiresAfterDays: lastsLonger ? expiresAfterDays : before.expiresAfterDays, requires: Set(requires), items: Set(notice?.items ?? []),
            thirdParties: Dictionary(parties.map { ($0.id, Set($0.items)) }) { first, _ in first },
            transfers: Dictionary(abroad.map { ($0.id, Set($0.items)) }) { first, _ in first })
    }
}

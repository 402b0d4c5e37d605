/// A purpose, with the edition that asks for it.
struct AskedPurpose {
    let policy: PolicyDocument
    let purpose: PolicyPurpose
}

extension Sequence<PolicyDocument> {
    /// The purpose as people were last asked for it: by the first of these editions that has it.
    func lastAsked(_ id: String) -> AskedPurpose? {
        lazy.compactMap { policy in policy.purpose(id).map { AskedPurpose(policy: policy, purpose: $0) } }.first
    }
}

/// A part of what a person agrees to with a yes that an edition changes.
struct ChangedPart {
    /// Its place in the later document, a JSON pointer.
    let pointer: String
    /// True where the change can be one of its wording alone, so that an edition may say that it means the same as before.
    let isWording: Bool
    /// True where the change adds something to what the purpose allows, or says it in other words.
    let widens: Bool
}

extension ChangedPart {
    /// The parts of a purpose that a delivered edition changes, by the core's own rules; `at` is its place among the purposes of that edition.
    static func of(_ after: AskedPurpose, since before: AskedPurpose, at: Int) -> [ChangedPart] {
        var parts = ChangedParts(first: before.policy.languages.first, place: "/purposes/\(at)")
        parts.facts(before.purpose, after.purpose)
        parts.notice(before.purpose, after.purpose)
        var collected = Set(after.purpose.notice?.items ?? [])
        for (index, party) in after.policy.thirdParties.enumerated() where after.purpose.thirdParties.contains(party.id) {
            guard let former = before.policy.thirdParties.first(where: { $0.id == party.id }) else { continue }
            parts.place = "/third_parties/\(index)"
            parts.thirdParty(former, party)
            collected.formUnion(party.items)
        }
        for (index, transfer) in after.policy.transfers.enumerated() where after.purpose.transfers.contains(transfer.id) {
            guard let former = before.policy.transfers.first(where: { $0.id == transfer.id }) else { continue }
            parts.place = "/transfers/\(index)"
            parts.abroad(former, transfer)
            collected.formUnion(transfer.items)
        }
        for (index, vendor) in after.policy.vendors.enumerated() where after.purpose.vendors.contains(vendor.id) {
            let known = before.policy.vendors.first { $0.id == vendor.id }
            parts.place = "/vendors/\(index)"
            parts.fact("name", known.map { $0.name != vendor.name } ?? false)
        }
        for (index, item) in after.policy.items.enumerated() where collected.contains(item.id) {
            let known = before.policy.items.first { $0.id == item.id }
            parts.place = "/items/\(index)"
            parts.wording("label", known.map { parts.isReworded($0.label, item.label) } ?? false)
        }
        return parts.list
    }
}

/// The changed parts found so far, and the place of the object that is looked at.
private struct ChangedParts {
    /// Texts are compared in the first language of the earlier edition: a corrected translation asks nobody again.
    let first: String?
    var place: String
    private(set) var list: [ChangedPart] = []

    init(first: String?, place: String) {
        self.first = first
        self.place = place
    }

    mutating func facts(_ old: PolicyPurpose, _ new: PolicyPurpose) {
        fact("basis", old.basis != new.basis, widens: false)
        fact("scope", old.scope != new.scope, widens: false)
        fact("channel", old.channel != new.channel, widens: new.channel != nil)
        fact("night", old.night != new.night, widens: false)
        fact("uses", old.uses != new.uses, widens: new.uses != nil)
        fact("sharing", old.sharing != new.sharing, widens: new.sharing)
        fact("google", !Set(new.google).isSubset(of: old.google))
        fact("cookies", !Set(new.cookies).isSubset(of: old.cookies), widens: false)
        fact("expires_after_days", new.lastsLonger(than: old), widens: false)
        fact("requires", Set(old.requires) != Set(new.requires), widens: false)
        members("third_parties", old.thirdParties, new.thirdParties)
        members("transfers", old.transfers, new.transfers)
        fact("vendors", !Set(new.vendors).isSubset(of: old.vendors))
        members("notice/items", old.notice?.items ?? [], new.notice?.items ?? [])
    }

    mutating func notice(_ old: PolicyPurpose, _ new: PolicyPurpose) {
        let texts = [(\PolicyPurpose.Notice.purpose, "purpose"), (\.retention, "retention"), (\.refusal, "refusal")]
        // The title is part of what is agreed to only where it is all that a person reads.
        let byTitle = (old.notice?.purpose ?? [:]).isEmpty && (new.notice?.purpose ?? [:]).isEmpty
        wording("title", byTitle && isReworded(old.title, new.title))
        for (text, name) in texts {
            wording("notice/\(name)", isReworded(old.notice?[keyPath: text] ?? [:], new.notice?[keyPath: text] ?? [:]))
        }
    }

    mutating func thirdParty(_ old: PolicyThirdParty, _ new: PolicyThirdParty) {
        members("items", old.items, new.items)
        fact("recipient", isRenamed(old.recipient, new.recipient))
        wording("purpose", isReworded(old.purpose, new.purpose))
        wording("retention", isReworded(old.retention, new.retention))
        wording("refusal", isReworded(old.refusal, new.refusal))
    }

    mutating func abroad(_ old: PolicyTransfer, _ new: PolicyTransfer) {
        members("items", old.items, new.items)
        fact("country", isRenamed(old.country, new.country))
        fact("recipient", isRenamed(old.recipient, new.recipient))
        wording("contact", old.contact != new.contact)
        wording("when", isReworded(old.when, new.when))
        wording("method", isReworded(old.method, new.method))
        wording("purpose", isReworded(old.purpose, new.purpose))
        wording("retention", isReworded(old.retention, new.retention))
        wording("refusal", isReworded(old.refusal, new.refusal))
    }

    mutating func fact(_ field: String, _ changed: Bool, widens: Bool = true) {
        if changed { list.append(ChangedPart(pointer: "\(place)/\(field)", isWording: false, widens: widens)) }
    }

    private mutating func members(_ field: String, _ old: [String], _ new: [String]) {
        fact(field, Set(old) != Set(new), widens: !Set(new).isSubset(of: old))
    }

    mutating func wording(_ field: String, _ changed: Bool) {
        if changed { list.append(ChangedPart(pointer: "\(place)/\(field)", isWording: true, widens: true)) }
    }

    /// True where a text says something else in the first language; where one of the two has none there, in any language that both have.
    func isReworded(_ old: LocalisedText, _ new: LocalisedText) -> Bool {
        if let first, let text = old[first], let later = new[first] { return text != later }
        return isRenamed(old, new)
    }

    /// True where a text says something else in any language that both editions have, or where they have none in common.
    private func isRenamed(_ old: LocalisedText, _ new: LocalisedText) -> Bool {
        let common = Set(old.keys).intersection(new.keys)
        return common.isEmpty ? old != new : common.contains { old[$0] != new[$0] }
    }
}

extension PolicyPurpose {
    /// True where a grant counts for longer than under an earlier edition of this purpose.
    func lastsLonger(than earlier: PolicyPurpose) -> Bool {
        (expiresAfterDays ?? .max) > (earlier.expiresAfterDays ?? .max)
    }

    /// True where this purpose of edition `later` says that since edition `earlier` only its wording changed.
    func isEditorial(from earlier: Int, to later: Int) -> Bool {
        editorial.map { earlier < $0 && $0 <= later } ?? false
    }
}

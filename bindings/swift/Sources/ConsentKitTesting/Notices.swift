import ConsentKitBase

extension PolicyDocument {
    /// The notice of one purpose, in the declared language nearest to the asked one.
    func notice(of purpose: PolicyPurpose, in asked: String) -> Consent.Notice {
        let language = language(nearestTo: asked)
        let shown = purpose.notice
        return Consent.Notice(
            purpose: purpose.id,
            language: language,
            title: text(purpose.title, in: language),
            usedFor: shown.map { text($0.purpose, in: language) } ?? "",
            items: shown.map { labels($0.items, in: language) } ?? [],
            retention: shown.map { text($0.retention, in: language) } ?? "",
            refusal: shown.map { text($0.refusal, in: language) } ?? "",
            optional: purpose.basis.mayBeAnswered,
            thirdParties: purpose.thirdParties.compactMap { id in thirdParties.first { $0.id == id } }.map { notice(of: $0, in: language) },
            transfers: purpose.transfers.compactMap { id in transfers.first { $0.id == id } }.map { notice(of: $0, in: language) },
            requires: purpose.requires,
            vendors: vendors.filter { purpose.vendors.contains($0.id) }.map(\.name)
        )
    }

    func notice(of party: PolicyThirdParty, in language: String) -> Consent.NoticeThirdParty {
        Consent.NoticeThirdParty(
            recipient: text(party.recipient, in: language),
            usedFor: text(party.purpose, in: language),
            items: labels(party.items, in: language),
            retention: text(party.retention, in: language),
            refusal: text(party.refusal, in: language)
        )
    }

    func notice(of transfer: PolicyTransfer, in language: String) -> Consent.NoticeTransfer {
        Consent.NoticeTransfer(
            items: labels(transfer.items, in: language),
            country: text(transfer.country, in: language),
            when: text(transfer.when, in: language),
            method: text(transfer.method, in: language),
            recipient: text(transfer.recipient, in: language),
            contact: [transfer.contact.email, transfer.contact.phone, transfer.contact.url].compactMap { $0 },
            usedFor: text(transfer.purpose, in: language),
            retention: text(transfer.retention, in: language),
            refusal: text(transfer.refusal, in: language)
        )
    }

    func labels(_ ids: [String], in language: String) -> [String] {
        ids.compactMap { id in items.first { $0.id == id } }.map { text($0.label, in: language) }
    }
}

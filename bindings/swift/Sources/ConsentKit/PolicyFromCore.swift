// Turns the core's values into ours. No generated type appears in a public signature.
internal import ConsentKitFFI
import ConsentKitBase

extension Consent.Contact {
    init(_ core: ConsentKitFFI.Contact) {
        self.init(email: core.email, phone: core.phone, url: core.url)
    }
}

extension Consent.OfficerView {
    init(_ core: ConsentKitFFI.OfficerView) {
        self.init(role: core.role, duties: core.duties, contact: Consent.Contact(core.contact))
    }
}

extension Consent.RemedyView {
    init(_ core: ConsentKitFFI.RemedyView) {
        self.init(name: core.name, contact: Consent.Contact(core.contact), withoutAreaCode: core.withoutAreaCode)
    }
}

extension Consent.RightKind {
    init(_ core: ConsentKitFFI.RightKind) {
        switch core {
        case .access: self = .access
        case .correction: self = .correction
        case .erasure: self = .erasure
        case .suspension: self = .suspension
        }
    }
}

extension Consent.RequestWay {
    init(_ core: ConsentKitFFI.RequestWay) {
        switch core {
        case .website: self = .website
        case .mobileApp: self = .mobileApp
        case .writing: self = .writing
        case .phone: self = .phone
        case .email: self = .email
        case .fax: self = .fax
        }
    }
}

extension Consent.RightView {
    init(_ core: ConsentKitFFI.RightView) {
        self.init(kind: Consent.RightKind(core.kind), title: core.title, hold: core.hold)
    }
}

extension Consent.RightsView {
    init(_ core: ConsentKitFFI.RightsView) {
        self.init(
            kinds: core.kinds.map(Consent.RightView.init),
            ways: core.ways.map(Consent.RequestWay.init),
            answer: core.answer,
            hold: core.hold,
            agents: core.agents,
            powerOfAttorney: core.powerOfAttorney
        )
    }
}

extension Consent.ProcessorView {
    init(_ core: ConsentKitFFI.ProcessorView) {
        self.init(name: core.name, task: core.task)
    }
}

extension Consent.PeriodUnit {
    init(_ core: ConsentKitFFI.PeriodUnit) {
        switch core {
        case .atOnce: self = .atOnce
        case .days: self = .days
        case .months: self = .months
        case .years: self = .years
        }
    }
}

extension Consent.RetentionView {
    init(_ core: ConsentKitFFI.RetentionView) {
        self.init(
            title: core.title,
            statute: core.statute,
            after: core.after,
            count: core.count,
            unit: Consent.PeriodUnit(core.unit),
            exceptions: core.exceptions,
            note: core.note
        )
    }
}

extension Consent.CollectionView {
    init(_ core: ConsentKitFFI.CollectionView) {
        self.init(title: core.title, required: core.required, optional: core.optional)
    }
}

extension Consent.GuideView {
    init(_ core: ConsentKitFFI.GuideView) {
        self.init(title: core.title, path: core.path)
    }
}

extension Consent.VersionView {
    init(_ core: ConsentKitFFI.VersionView) {
        self.init(version: core.version, announcedOn: core.announcedOn, effectiveOn: core.effectiveOn)
    }
}

extension Consent.PolicyView {
    init(_ core: ConsentKitFFI.PolicyView) {
        self.init(
            id: core.id,
            version: core.version,
            edition: core.edition,
            announcedOn: core.announcedOn,
            effectiveOn: core.effectiveOn,
            language: core.language,
            controller: core.controller,
            senderName: core.senderName,
            website: core.website,
            contact: Consent.Contact(core.contact),
            statements: core.statements,
            purposes: core.purposes.map(Consent.Notice.init),
            collection: core.collection.map(Consent.CollectionView.init),
            retention: core.retention.map(Consent.RetentionView.init),
            dormancy: core.dormancy,
            destruction: core.destruction,
            thirdParties: core.thirdParties.map(Consent.NoticeThirdParty.init),
            transfers: core.transfers.map(Consent.NoticeTransfer.init),
            processors: core.processors.map(Consent.ProcessorView.init),
            rights: Consent.RightsView(core.rights),
            cookies: core.cookies,
            cookieGuides: core.cookieGuides.map(Consent.GuideView.init),
            advertisingID: core.advertisingId,
            refusalGuide: core.refusalGuide.map(Consent.GuideView.init),
            safeguards: core.safeguards,
            officer: Consent.OfficerView(core.officer),
            remedies: core.remedies.map(Consent.RemedyView.init),
            amendments: core.amendments,
            versions: core.versions.map(Consent.VersionView.init)
        )
    }
}

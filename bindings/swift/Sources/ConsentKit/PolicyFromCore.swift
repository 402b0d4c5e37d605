// Turns the core's values into ours. No generated type appears in a public signature.
internal import ConsentKitFFI
import ConsentKitBase

extension ConsentKitBase.Contact {
    init(_ core: ConsentKitFFI.Contact) {
        self.init(email: core.email, phone: core.phone, url: core.url)
    }
}

extension ConsentKitBase.OfficerView {
    init(_ core: ConsentKitFFI.OfficerView) {
        self.init(role: core.role, duties: core.duties, contact: ConsentKitBase.Contact(core.contact))
    }
}

extension ConsentKitBase.RemedyView {
    init(_ core: ConsentKitFFI.RemedyView) {
        self.init(name: core.name, contact: ConsentKitBase.Contact(core.contact), withoutAreaCode: core.withoutAreaCode)
    }
}

extension ConsentKitBase.RightKind {
    init(_ core: ConsentKitFFI.RightKind) {
        switch core {
        case .access: self = .access
        case .correction: self = .correction
        case .erasure: self = .erasure
        case .suspension: self = .suspension
        }
    }
}

extension ConsentKitBase.RequestWay {
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

extension ConsentKitBase.RightView {
    init(_ core: ConsentKitFFI.RightView) {
        self.init(kind: ConsentKitBase.RightKind(core.kind), title: core.title, hold: core.hold)
    }
}

extension ConsentKitBase.RightsView {
    init(_ core: ConsentKitFFI.RightsView) {
        self.init(
            kinds: core.kinds.map(ConsentKitBase.RightView.init),
            ways: core.ways.map(ConsentKitBase.RequestWay.init),
            answer: core.answer,
            hold: core.hold,
            agents: core.agents,
            powerOfAttorney: core.powerOfAttorney
        )
    }
}

extension ConsentKitBase.ProcessorView {
    init(_ core: ConsentKitFFI.ProcessorView) {
        self.init(name: core.name, task: core.task)
    }
}

extension ConsentKitBase.PeriodUnit {
    init(_ core: ConsentKitFFI.PeriodUnit) {
        switch core {
        case .atOnce: self = .atOnce
        case .days: self = .days
        case .months: self = .months
        case .years: self = .years
        }
    }
}

extension ConsentKitBase.RetentionView {
    init(_ core: ConsentKitFFI.RetentionView) {
        self.init(
            title: core.title,
            statute: core.statute,
            after: core.after,
            count: core.count,
            unit: ConsentKitBase.PeriodUnit(core.unit),
            exceptions: core.exceptions,
            note: core.note
        )
    }
}

extension ConsentKitBase.CollectionView {
    init(_ core: ConsentKitFFI.CollectionView) {
        self.init(title: core.title, required: core.required, optional: core.optional)
    }
}

extension ConsentKitBase.GuideView {
    init(_ core: ConsentKitFFI.GuideView) {
        self.init(title: core.title, path: core.path)
    }
}

extension ConsentKitBase.VersionView {
    init(_ core: ConsentKitFFI.VersionView) {
        self.init(version: core.version, announcedOn: core.announcedOn, effectiveOn: core.effectiveOn)
    }
}

extension ConsentKitBase.PolicyView {
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
            contact: ConsentKitBase.Contact(core.contact),
            statements: core.statements,
            purposes: core.purposes.map(ConsentKitBase.Notice.init),
            collection: core.collection.map(ConsentKitBase.CollectionView.init),
            retention: core.retention.map(ConsentKitBase.RetentionView.init),
            dormancy: core.dormancy,
            destruction: core.destruction,
            thirdParties: core.thirdParties.map(ConsentKitBase.NoticeThirdParty.init),
            transfers: core.transfers.map(ConsentKitBase.NoticeTransfer.init),
            processors: core.processors.map(ConsentKitBase.ProcessorView.init),
            rights: ConsentKitBase.RightsView(core.rights),
            cookies: core.cookies,
            cookieGuides: core.cookieGuides.map(ConsentKitBase.GuideView.init),
            advertisingID: core.advertisingId,
            refusalGuide: core.refusalGuide.map(ConsentKitBase.GuideView.init),
            safeguards: core.safeguards,
            officer: ConsentKitBase.OfficerView(core.officer),
            remedies: core.remedies.map(ConsentKitBase.RemedyView.init),
            amendments: core.amendments,
            versions: core.versions.map(ConsentKitBase.VersionView.init)
        )
    }
}

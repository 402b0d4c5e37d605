// Turns the core's values into ours. No generated type appears in a public signature.
internal import ConsentKitFFI
import ConsentKitBase

extension Contact {
    init(_ core: ConsentKitFFI.Contact) {
        self.init(email: core.email, phone: core.phone, url: core.url)
    }
}

extension OfficerView {
    init(_ core: ConsentKitFFI.OfficerView) {
        self.init(role: core.role, duties: core.duties, contact: Contact(core.contact))
    }
}

extension RemedyView {
    init(_ core: ConsentKitFFI.RemedyView) {
        self.init(name: core.name, contact: Contact(core.contact), withoutAreaCode: core.withoutAreaCode)
    }
}

extension RightKind {
    init(_ core: ConsentKitFFI.RightKind) {
        switch core {
        case .access: self = .access
        case .correction: self = .correction
        case .erasure: self = .erasure
        case .suspension: self = .suspension
        }
    }
}

extension RequestWay {
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

extension RightView {
    init(_ core: ConsentKitFFI.RightView) {
        self.init(kind: RightKind(core.kind), title: core.title, hold: core.hold)
    }
}

extension RightsView {
    init(_ core: ConsentKitFFI.RightsView) {
        self.init(
            kinds: core.kinds.map(RightView.init),
            ways: core.ways.map(RequestWay.init),
            answer: core.answer,
            hold: core.hold,
            agents: core.agents,
            powerOfAttorney: core.powerOfAttorney
        )
    }
}

extension ProcessorView {
    init(_ core: ConsentKitFFI.ProcessorView) {
        self.init(name: core.name, task: core.task)
    }
}

extension PeriodUnit {
    init(_ core: ConsentKitFFI.PeriodUnit) {
        switch core {
        case .atOnce: self = .atOnce
        case .days: self = .days
        case .months: self = .months
        case .years: self = .years
        }
    }
}

extension RetentionView {
    init(_ core: ConsentKitFFI.RetentionView) {
        self.init(
            title: core.title,
            statute: core.statute,
            after: core.after,
            count: core.count,
            unit: PeriodUnit(core.unit),
            exceptions: core.exceptions,
            note: core.note
        )
    }
}

extension CollectionView {
    init(_ core: ConsentKitFFI.CollectionView) {
        self.init(title: core.title, required: core.required, optional: core.optional)
    }
}

extension GuideView {
    init(_ core: ConsentKitFFI.GuideView) {
        self.init(title: core.title, path: core.path)
    }
}

extension VersionView {
    init(_ core: ConsentKitFFI.VersionView) {
        self.init(version: core.version, announcedOn: core.announcedOn, effectiveOn: core.effectiveOn)
    }
}

extension PolicyView {
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
            contact: Contact(core.contact),
            statements: core.statements,
            purposes: core.purposes.map(Notice.init),
            collection: core.collection.map(CollectionView.init),
            retention: core.retention.map(RetentionView.init),
            dormancy: core.dormancy,
            destruction: core.destruction,
            thirdParties: core.thirdParties.map(NoticeThirdParty.init),
            transfers: core.transfers.map(NoticeTransfer.init),
            processors: core.processors.map(ProcessorView.init),
            rights: RightsView(core.rights),
            cookies: core.cookies,
            cookieGuides: core.cookieGuides.map(GuideView.init),
            advertisingID: core.advertisingId,
            refusalGuide: core.refusalGuide.map(GuideView.init),
            safeguards: core.safeguards,
            officer: OfficerView(core.officer),
            remedies: core.remedies.map(RemedyView.init),
            amendments: core.amendments,
            versions: core.versions.map(VersionView.init)
        )
    }
}

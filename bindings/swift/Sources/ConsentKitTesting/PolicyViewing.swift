import ConsentKitBase

extension PolicyDocument {
    /// The document in the declared language nearest to the asked one, with the guide for a version of a system.
    func view(in asked: String, platform: Consent.Platform, osVersion: String) -> Consent.PolicyView {
        let language = language(nearestTo: asked)
        func text(_ text: LocalisedText) -> String {
            self.text(text, in: language)
        }
        func said(_ text: String) -> Bool { !text.isEmpty }
        let (company, amendments) = (texts.controller, texts.amendments)
        let destruction = texts.destruction.map { [$0.when, $0.keptApart, $0.procedure] + $0.methods.map(\.how) } ?? []
        let guide = texts.advertisingID.flatMap { Self.guide($0.refusal, platform, osVersion) }
        return Consent.PolicyView(
            id: id,
            version: version,
            edition: Int64(edition),
            announcedOn: texts.announcedOn ?? "",
            effectiveOn: texts.effectiveOn ?? "",
            language: language,
            controller: company.map { text($0.name) } ?? "",
            senderName: company.map { text($0.senderName) } ?? "",
            website: company?.website,
            contact: Consent.Contact(company?.contact ?? PolicyContact()),
            statements: texts.statements.map { text($0.text) },
            purposes: purposes.map { notice(of: $0, in: language) },
            collection: texts.collection.map {
                Consent.CollectionView(
                    title: text($0.title), required: labels($0.required, in: language), optional: labels($0.optional, in: language))
            },
            retention: texts.retention.map { retention($0, text) },
            dormancy: texts.dormancy.map { [text($0.handling), text($0.limits)] } ?? [],
            destruction: destruction.map(text).filter(said),
            thirdParties: thirdParties.map { notice(of: $0, in: language) },
            transfers: transfers.map { notice(of: $0, in: language) },
            processors: texts.processors.map { Consent.ProcessorView(name: text($0.name), task: text($0.task)) },
            rights: rights(text),
            cookies: texts.cookies.map { [text($0.what), text($0.usedFor)].filter(said) } ?? [],
            cookieGuides: texts.cookies?.refusal.map { Consent.GuideView(title: text($0.browser), path: text($0.path)) } ?? [],
            advertisingID: texts.advertisingID.map { ([text($0.what)] + $0.usedFor.map(text)).filter(said) } ?? [],
            refusalGuide: guide.map { Consent.GuideView(title: "", path: text($0.path)) },
            safeguards: texts.safeguards.flatMap { $0.measures.map(text) },
            officer: Consent.OfficerView(
                role: texts.officer.map { text($0.role) } ?? "", duties: texts.officer.map { text($0.duties) } ?? "",
                contact: Consent.Contact(texts.officer?.contact ?? PolicyContact())),
            remedies: texts.remedies.map {
                Consent.RemedyView(name: text($0.name), contact: Consent.Contact($0.contact), withoutAreaCode: $0.withoutAreaCode ?? false)
            },
            amendments: amendments.map { text($0.promise) } ?? "",
            versions: (amendments?.versions ?? []).map {
                Consent.VersionView(version: $0.version, announcedOn: $0.announcedOn, effectiveOn: $0.effectiveOn)
            }
        )
    }

    private func retention(_ entry: PolicyTexts.Retention, _ text: (LocalisedText) -> String) -> Consent.RetentionView {
        let (count, unit): (Int64, Consent.PeriodUnit) =
            switch entry.period {
            case .atOnce: (0, .atOnce)
            case .days(let count): (count, .days)
            case .months(let count): (count, .months)
            case .years(let count): (count, .years)
            }
        let statute: String? = if case .statute(let name) = entry.basis { text(name) } else { nil }
        return Consent.RetentionView(
            title: text(entry.title), statute: statute, after: text(entry.after), count: count, unit: unit,
            exceptions: entry.exceptions.map(text), note: entry.note.map(text))
    }

    private func rights(_ text: (LocalisedText) -> String) -> Consent.RightsView {
        guard let rights = texts.rights else {
            return Consent.RightsView(kinds: [], ways: [], answer: "", hold: "", agents: "", powerOfAttorney: false)
        }
        return Consent.RightsView(
            kinds: rights.kinds.compactMap { right in
                Consent.RightKind(rawValue: right.kind).map { Consent.RightView(kind: $0, title: text(right.title), hold: right.hold ?? false) }
            },
            ways: rights.ways.compactMap(Consent.RequestWay.init(rawValue:)), answer: text(rights.answer), hold: text(rights.hold),
            agents: rights.agents.map { text($0.who) } ?? "", powerOfAttorney: rights.agents?.powerOfAttorney ?? false)
    }

    /// The guide for a version of a system; the newest one for an unknown version.
    private static func guide(
        _ guides: [PolicyTexts.AdvertisingID.Guide], _ platform: Consent.Platform, _ version: String
    ) -> PolicyTexts.AdvertisingID.Guide? {
        let known = guides.filter { $0.platform == platform.rawValue }
        guard let wanted = SystemVersion(version) else { return known.last }
        let fitting = known.first { guide in
            let starts = guide.from.flatMap(SystemVersion.init).map { wanted >= $0 } ?? true
            let ends = guide.before.flatMap(SystemVersion.init).map { wanted >= $0 } ?? false
            return starts && !ends
        }
        return fitting ?? known.last
    }
}

/// A version of a system: numbers joined by dots.
private struct SystemVersion: Comparable {
    private static let maxParts = 8
    private let parts: [Int]

    init?(_ text: String) {
        let words = text.split(separator: ".", omittingEmptySubsequences: false)
        let numbers = words.compactMap { $0.count <= 9 && $0.isDigits ? Int($0) : nil }
        guard numbers.count == words.count, words.count <= Self.maxParts else { return nil }
        parts = numbers + Array(repeating: 0, count: Self.maxParts - numbers.count)
    }

    static func < (left: Self, right: Self) -> Bool {
        left.parts.lexicographicallyPrecedes(right.parts)
    }
}

extension Consent.Contact {
    fileprivate init(_ contact: PolicyContact) {
        self.init(email: contact.email, phone: contact.phone, url: contact.url)
    }
}

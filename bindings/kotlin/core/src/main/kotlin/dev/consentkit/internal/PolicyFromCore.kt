// The policy page, in the types an app sees.
package dev.consentkit.internal

internal fun PolicyView.toApp() = dev.consentkit.PolicyView(
    id = id,
    version = version,
    edition = edition,
    announcedOn = announcedOn,
    effectiveOn = effectiveOn,
    language = language,
    controller = controller,
    senderName = senderName,
    website = website,
    contact = contact.toApp(),
    statements = statements,
    purposes = purposes.map { it.toApp() },
    collection = collection.map { dev.consentkit.CollectionView(it.title, it.required, it.optional) },
    retention = retention.map { it.toApp() },
    dormancy = dormancy,
    destruction = destruction,
    thirdParties = thirdParties.map { it.toApp() },
    transfers = transfers.map { it.toApp() },
    processors = processors.map { dev.consentkit.ProcessorView(it.name, it.task) },
    rights = rights.toApp(),
    cookies = cookies,
    cookieGuides = cookieGuides.map { it.toApp() },
    advertisingId = advertisingId,
    refusalGuide = refusalGuide?.toApp(),
    safeguards = safeguards,
    officer = dev.consentkit.OfficerView(officer.role, officer.duties, officer.contact.toApp()),
    remedies = remedies.map { dev.consentkit.RemedyView(it.name, it.contact.toApp(), it.withoutAreaCode) },
    amendments = amendments,
    versions = versions.map { dev.consentkit.VersionView(it.version, it.announcedOn, it.effectiveOn) },
)

private fun Contact.toApp() = dev.consentkit.Contact(email, phone, url)

private fun GuideView.toApp() = dev.consentkit.GuideView(title, path)

private fun RetentionView.toApp() = dev.consentkit.RetentionView(
    title = title,
    statute = statute,
    after = after,
    count = count,
    unit = dev.consentkit.PeriodUnit.valueOf(unit.name),
    exceptions = exceptions,
    note = note,
)

private fun RightsView.toApp() = dev.consentkit.RightsView(
    kinds = kinds.map { dev.consentkit.RightView(dev.consentkit.RightKind.valueOf(it.kind.name), it.title, it.hold) },
    ways = ways.map { dev.consentkit.RequestWay.valueOf(it.name) },
    answer = answer,
    hold = hold,
    agents = agents,
    powerOfAttorney = powerOfAttorney,
)

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
    statements = statements.frozen(),
    purposes = purposes.each { it.toApp() },
    collection = collection.each { dev.consentkit.CollectionView(it.title, it.required.frozen(), it.optional.frozen()) },
    retention = retention.each { it.toApp() },
    dormancy = dormancy.frozen(),
    destruction = destruction.frozen(),
    thirdParties = thirdParties.each { it.toApp() },
    transfers = transfers.each { it.toApp() },
    processors = processors.each { dev.consentkit.ProcessorView(it.name, it.task) },
    rights = rights.toApp(),
    cookies = cookies.frozen(),
    cookieGuides = cookieGuides.each { it.toApp() },
    advertisingId = advertisingId.frozen(),
    refusalGuide = refusalGuide?.toApp(),
    safeguards = safeguards.frozen(),
    officer = dev.consentkit.OfficerView(officer.role, officer.duties, officer.contact.toApp()),
    remedies = remedies.each { dev.consentkit.RemedyView(it.name, it.contact.toApp(), it.withoutAreaCode) },
    amendments = amendments,
    versions = versions.each { dev.consentkit.VersionView(it.version, it.announcedOn, it.effectiveOn) },
)

private fun Contact.toApp() = dev.consentkit.Contact(email, phone, url)

private fun GuideView.toApp() = dev.consentkit.GuideView(title, path)

private fun RetentionView.toApp() = dev.consentkit.RetentionView(
    title = title,
    statute = statute,
    after = after,
    count = count,
    unit = dev.consentkit.PeriodUnit.valueOf(unit.name),
    exceptions = exceptions.frozen(),
    note = note,
)

private fun RightsView.toApp() = dev.consentkit.RightsView(
    kinds = kinds.each { dev.consentkit.RightView(dev.consentkit.RightKind.valueOf(it.kind.name), it.title, it.hold) },
    ways = ways.each { dev.consentkit.RequestWay.valueOf(it.name) },
    answer = answer,
    hold = hold,
    agents = agents,
    powerOfAttorney = powerOfAttorney,
)

// What the core answers, in the types an app sees. Enums have the same names on both sides; a test compares them.
package dev.consentkit.internal

import dev.consentkit.PolicyFault
import dev.consentkit.Snapshot

internal fun ConsentSnapshot.toApp() = Snapshot(
    generation = generation,
    at = at,
    policyVersion = policyVersion,
    pending = pending,
    signedIn = signedIn,
    available = available,
    pushBlocked = pushBlocked,
    signals = signals.toApp(),
    answers = answers.each { it.toApp() },
    googleConsent = dev.consentkit.GoogleConsent(google.adStorage, google.analyticsStorage, google.adUserData, google.adPersonalization),
)

private fun PurposeAnswer.toApp() =
    dev.consentkit.PurposeAnswer(purpose, allowed, reasons.each { it.toApp() }, status.toApp(), validUntil, osBlocked)

internal fun Signals.toApp() = dev.consentkit.Signals(
    tracking = tracking?.let { dev.consentkit.Tracking.valueOf(it.name) },
    adId = adId?.toApp(),
    gpc = gpc,
    age = age?.let { dev.consentkit.AgeBand.valueOf(it.name) },
    guardian = guardian?.let { dev.consentkit.Guardian.valueOf(it.name) },
    push = push?.let { dev.consentkit.PushPermission.valueOf(it.name) },
)

private fun AdIdSignal.toApp(): dev.consentkit.AdvertisingIdSignal = when (this) {
    AdIdSignal.Available -> dev.consentkit.AdvertisingIdSignal.Available
    AdIdSignal.Limited -> dev.consentkit.AdvertisingIdSignal.Limited
    is AdIdSignal.Unavailable -> dev.consentkit.AdvertisingIdSignal.Unavailable(kind.toApp())
}

private fun AdIdUnavailable.toApp() = dev.consentkit.AdvertisingIdUnavailable.valueOf(name)

private fun Status.toApp() = dev.consentkit.Status.valueOf(name)

private fun AskAgain.toApp() = dev.consentkit.AskAgain.valueOf(name)

internal fun Prompt.toApp() = dev.consentkit.Prompt.valueOf(name)

internal fun Reason.toApp(): dev.consentkit.Reason = when (this) {
    Reason.UnknownPurpose -> dev.consentkit.Reason.UnknownPurpose
    Reason.StoreUnavailable -> dev.consentkit.Reason.StoreUnavailable
    Reason.GuardianRequired -> dev.consentkit.Reason.GuardianRequired
    Reason.Child -> dev.consentkit.Reason.Child
    Reason.OsDenied -> dev.consentkit.Reason.OsDenied
    Reason.OsRestricted -> dev.consentkit.Reason.OsRestricted
    Reason.OsNotDetermined -> dev.consentkit.Reason.OsNotDetermined
    Reason.AdIdLimited -> dev.consentkit.Reason.AdIdLimited
    is Reason.AdIdUnavailable -> dev.consentkit.Reason.AdIdUnavailable(kind.toApp())
    Reason.Gpc -> dev.consentkit.Reason.Gpc
    is Reason.Requires -> dev.consentkit.Reason.Requires(purpose)
    Reason.NotPulled -> dev.consentkit.Reason.NotPulled
    Reason.NotAnswered -> dev.consentkit.Reason.NotAnswered
    Reason.Refused -> dev.consentkit.Reason.Refused
    Reason.Withdrawn -> dev.consentkit.Reason.Withdrawn
    is Reason.AskAgain -> dev.consentkit.Reason.AskAgain(cause.toApp())
    Reason.Night -> dev.consentkit.Reason.Night
    Reason.ZoneUnknown -> dev.consentkit.Reason.ZoneUnknown
}

internal fun Decision.toApp() = dev.consentkit.Decision(purpose, allowed, reasons.each { it.toApp() }, osBlocked)

internal fun Questions.toApp() = dev.consentkit.Questions(dev.consentkit.Shown(shown), surface, language, due, pullFirst, questions.each { it.toApp() })

private fun Question.toApp() = dev.consentkit.Question(purpose, why.toApp(), status.toApp(), notice.toApp())

private fun Why.toApp(): dev.consentkit.Why = when (this) {
    Why.FirstTime -> dev.consentkit.Why.FirstTime
    is Why.AskAgain -> dev.consentkit.Why.AskAgain(cause.toApp())
    Why.Answered -> dev.consentkit.Why.Answered
    Why.MayObject -> dev.consentkit.Why.MayObject
}

internal fun Notice.toApp() = dev.consentkit.Notice(
    purpose = purpose,
    language = language,
    title = title,
    usedFor = usedFor,
    items = items.frozen(),
    retention = retention,
    refusal = refusal,
    optional = optional,
    thirdParties = thirdParties.each { it.toApp() },
    transfers = transfers.each { it.toApp() },
    requires = requires.frozen(),
    vendors = vendors.frozen(),
)

internal fun NoticeThirdParty.toApp() = dev.consentkit.NoticeThirdParty(recipient, usedFor, items.frozen(), retention, refusal)

internal fun NoticeTransfer.toApp() =
    dev.consentkit.NoticeTransfer(items.frozen(), country, `when`, method, recipient, contact.frozen(), usedFor, retention, refusal)

internal fun Receipt.toApp() = dev.consentkit.Receipt(items.each { it.toApp() }, at, pending)

private fun ReceiptItem.toApp() =
    dev.consentkit.ReceiptItem(purpose, dev.consentkit.ChoiceKind.valueOf(choice.name), op, seq, hash)

internal fun ImportReceipt.toApp() = dev.consentkit.ImportReceipt(imported.each { it.toApp() }, kept.frozen())

internal fun AdvertisingId.toApp(): dev.consentkit.AdvertisingId = when (this) {
    is AdvertisingId.Available -> dev.consentkit.AdvertisingId.Available(id)
    is AdvertisingId.Refused -> dev.consentkit.AdvertisingId.Refused(reasons.each { it.toApp() })
}

internal fun SyncReport.toApp() = dev.consentkit.SyncReport(
    state = dev.consentkit.SyncState.valueOf(state.name),
    acknowledged = acknowledged,
    pending = pending,
    stuck = stuck,
    troubles = troubles.each { it.toApp() },
    retryAt = retryAt,
    serverLostData = serverLostData,
    restored = restored,
    clockSkew = clockSkew,
    policyChanged = policyChanged,
    unknownPurposes = unknownPurposes,
    policyAnnounced = policyAnnounced,
    policyFaults = policyFaults.each { it.toApp() },
)

internal fun SignOutReport.toApp() = dev.consentkit.SignOutReport(sync?.toApp(), waiting.each { it.toApp() }, failure)

private fun Trouble.toApp(): dev.consentkit.Trouble = when (this) {
    Trouble.Offline -> dev.consentkit.Trouble.Offline
    is Trouble.ServerBusy -> dev.consentkit.Trouble.ServerBusy(status)
    Trouble.Unauthorised -> dev.consentkit.Trouble.Unauthorised
    is Trouble.Configuration -> dev.consentkit.Trouble.Configuration(status)
    is Trouble.Portal -> dev.consentkit.Trouble.Portal(status)
    is Trouble.UnexpectedStatus -> dev.consentkit.Trouble.UnexpectedStatus(status)
    is Trouble.MalformedAnswer -> dev.consentkit.Trouble.MalformedAnswer(fault)
    Trouble.AnswerTooLarge -> dev.consentkit.Trouble.AnswerTooLarge
    Trouble.NoProgress -> dev.consentkit.Trouble.NoProgress
    Trouble.TooMuchTold -> dev.consentkit.Trouble.TooMuchTold
    Trouble.Conflict -> dev.consentkit.Trouble.Conflict
    Trouble.Stuck -> dev.consentkit.Trouble.Stuck
    Trouble.Paused -> dev.consentkit.Trouble.Paused
}

internal fun PendingChange.toApp() =
    dev.consentkit.PendingChange(dev.consentkit.ChangeKind.valueOf(kind.name), purpose, op, seq, lowers, stuck)

internal fun Unrecorded.toApp() = dev.consentkit.Unrecorded(dev.consentkit.DenialKind.valueOf(kind.name), purpose, since)

internal fun RolledBack.toApp() = dev.consentkit.RolledBack(records, since, seq)

internal fun Recovered.toApp() = dev.consentkit.Recovered(records, lost, noes, aside)

internal fun HistoryEntry.toApp() = dev.consentkit.HistoryEntry(
    seq = seq,
    at = at,
    offset = offset,
    kind = kind,
    purpose = purpose,
    status = status?.toApp(),
    actor = actor?.let { dev.consentkit.Actor.valueOf(it.name) },
    method = method?.let { dev.consentkit.Method.valueOf(it.name) },
    policyVersion = policyVersion,
    text = text,
    language = language,
    edition = edition,
    signedIn = signedIn,
    source = source,
    saidAt = saidAt,
)

internal fun AnnouncedEdition.toApp() = dev.consentkit.AnnouncedEdition(
    edition = edition,
    version = version,
    from = from,
    daysLeft = daysLeft,
    changes = changes.each { it.toApp() },
    asksAgain = asksAgain.frozen(),
    asksFirst = asksFirst.frozen(),
    policy = policy.toApp(),
)

private fun PolicyChange.toApp() = dev.consentkit.PolicyChange(pointer, old, new, material, purposes.frozen())

internal fun StateAt.toApp() = dev.consentkit.StateAt(at, policyVersion, decisions.each { it.toApp() })

internal fun Verification.toApp() =
    dev.consentkit.Verification(ok, records, fault?.let { dev.consentkit.VerificationFault(it.seq, it.what) })

internal fun Fault.toApp() = PolicyFault(pointer, dev.consentkit.FaultCode.of(code.name.lowercase()), what, fix)

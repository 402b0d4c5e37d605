// What an app gives, in the core's types. Every text is looked at first: the generated code throws an untyped exception at half a
// character, and a caller in Java may pass null where Kotlin promises there is none.
package dev.consentkit.internal

/** A text that can cross the boundary. */
internal fun text(field: String, value: String?): String {
    if (value == null) throw dev.consentkit.ConsentException.Invalid(field, "is missing")
    if (hasLoneSurrogate(value)) throw dev.consentkit.ConsentException.Invalid(field, "holds half a character (an unpaired surrogate)")
    return value
}

/** An optional text that can cross the boundary. */
internal fun optionalText(field: String, value: String?): String? = value?.let { text(field, it) }

/** A token that can cross the boundary. */
internal fun token(field: String, value: dev.consentkit.Shown?): String = text(field, given(field, value).token)

/** A value that a caller in Java may have left out. */
internal fun <T : Any> given(field: String, value: T?): T = value ?: throw dev.consentkit.ConsentException.Invalid(field, "is missing")

private fun hasLoneSurrogate(value: String): Boolean {
    var at = 0
    while (at < value.length) {
        val letter = value[at]
        if (letter.isSurrogate()) {
            val paired = letter.isHighSurrogate() && at + 1 < value.length && value[at + 1].isLowSurrogate()
            if (!paired) return true
            at += 1
        }
        at += 1
    }
    return false
}

internal fun dev.consentkit.Answer.toCore(field: String) = Answer(
    purpose = text("$field.purpose", purpose),
    choice = ChoiceKind.valueOf(given("$field.choice", choice).name),
    method = Method.valueOf(given("$field.method", method).name),
    actor = Actor.valueOf(given("$field.actor", actor).name),
)

internal fun dev.consentkit.ImportChoice.toCore(field: String) = ImportChoice(
    purpose = text("$field.purpose", purpose),
    choice = ChoiceKind.valueOf(given("$field.choice", choice).name),
    saidAt = saidAt,
    source = text("$field.source", source),
    textVersion = optionalText("$field.text_version", textVersion),
    actor = actor?.let { Actor.valueOf(it.name) },
)

internal fun dev.consentkit.Signals.toCore() = Signals(
    tracking = tracking?.let { Tracking.valueOf(it.name) },
    adId = adId?.toCore(),
    gpc = gpc,
    age = age?.let { AgeBand.valueOf(it.name) },
    guardian = guardian?.let { Guardian.valueOf(it.name) },
    push = push?.let { PushPermission.valueOf(it.name) },
)

private fun dev.consentkit.AdvertisingIdSignal.toCore(): AdIdSignal = when (this) {
    dev.consentkit.AdvertisingIdSignal.Available -> AdIdSignal.Available
    dev.consentkit.AdvertisingIdSignal.Limited -> AdIdSignal.Limited
    is dev.consentkit.AdvertisingIdSignal.Unavailable -> AdIdSignal.Unavailable(kind.toCore())
}

internal fun dev.consentkit.AdvertisingIdUnavailable.toCore() = AdIdUnavailable.valueOf(name)

internal fun dev.consentkit.Reason.toCore(): Reason = when (this) {
    dev.consentkit.Reason.UnknownPurpose -> Reason.UnknownPurpose
    // The core knows no file that is not open yet; its sentence about one that cannot be read is true of that as well.
    dev.consentkit.Reason.StoreUnavailable, dev.consentkit.Reason.Opening -> Reason.StoreUnavailable
    dev.consentkit.Reason.GuardianRequired -> Reason.GuardianRequired
    dev.consentkit.Reason.Child -> Reason.Child
    dev.consentkit.Reason.OsDenied -> Reason.OsDenied
    dev.consentkit.Reason.OsRestricted -> Reason.OsRestricted
    dev.consentkit.Reason.OsNotDetermined -> Reason.OsNotDetermined
    dev.consentkit.Reason.AdIdLimited -> Reason.AdIdLimited
    is dev.consentkit.Reason.AdIdUnavailable -> Reason.AdIdUnavailable(kind.toCore())
    dev.consentkit.Reason.Gpc -> Reason.Gpc
    is dev.consentkit.Reason.Requires -> Reason.Requires(purpose)
    dev.consentkit.Reason.NotPulled -> Reason.NotPulled
    dev.consentkit.Reason.NotAnswered -> Reason.NotAnswered
    dev.consentkit.Reason.Refused -> Reason.Refused
    dev.consentkit.Reason.Withdrawn -> Reason.Withdrawn
    is dev.consentkit.Reason.AskAgain -> Reason.AskAgain(AskAgain.valueOf(cause.name))
    dev.consentkit.Reason.Night -> Reason.Night
    dev.consentkit.Reason.ZoneUnknown -> Reason.ZoneUnknown
}

package dev.consentkit.testing

import dev.consentkit.AdIdAnswer
import dev.consentkit.AdIdSignal
import dev.consentkit.AdIdUnavailable
import dev.consentkit.ConsentException
import dev.consentkit.ImportChoice

private const val MAX_ID_CHARACTERS = 64
private const val MAX_ANSWERS = 200
private const val MAX_SOURCE_CHARACTERS = 128
private const val MAX_SUBJECT_CHARACTERS = 128
private const val MAX_SURFACE_CHARACTERS = 64

/** 2008-01-01: no app store is older. */
private const val EARLIEST_IMPORT = 1_199_145_600_000
private const val PSEUDONYM = "give the account's pseudonym, a name that says nothing outside your systems"

internal fun refuse(field: String, reason: String): Nothing = throw ConsentException.Invalid(field, reason)

private fun checkText(field: String, value: String, maxCharacters: Int) {
    textFault(value, maxCharacters)?.let { refuse(field, it) }
}

internal fun checkPurpose(field: String, id: String) = checkText(field, id, MAX_ID_CHARACTERS)

internal fun checkCount(field: String, count: Int) = when (count) {
    0 -> refuse(field, "is empty")
    in 1..MAX_ANSWERS -> Unit
    else -> refuse(field, "has $count entries; at most $MAX_ANSWERS")
}

internal fun checkSurface(policy: PolicyDocument, surface: String) {
    checkText("surface", surface, MAX_SURFACE_CHARACTERS)
    if (surface !in policy.surfaces) refuse("surface", "is no form of the policy in force")
}

/** The purposes with these ids, each once and each one that is asked for; `field` names the place of an entry. */
internal fun consentPurposes(policy: PolicyDocument, ids: List<String>, twice: String, field: (Int) -> String): List<Purpose> {
    val seen = mutableSetOf<String>()
    return ids.mapIndexed { index, id ->
        checkPurpose(field(index), id)
        val purpose = policy.purpose(id) ?: refuse(field(index), "is no purpose of the policy in force")
        if (!purpose.needsConsent) refuse(field(index), "needs no consent, so it cannot be granted, refused or withdrawn")
        if (!seen.add(id)) refuse(field(index), twice)
        purpose
    }
}

internal fun checkImport(index: Int, choice: ImportChoice, now: Long) {
    checkText("choices[$index].source", choice.source, MAX_SOURCE_CHARACTERS)
    choice.textVersion?.let { checkText("choices[$index].text_version", it, MAX_SOURCE_CHARACTERS) }
    val saidAt = choice.saidAt ?: return
    // A day ahead covers time zones and slow clocks.
    if (saidAt < EARLIEST_IMPORT || saidAt > now + DAY_MS) {
        refuse("choices[$index].said_at", "is before 2008 or in the future; give Unix milliseconds, or none where unknown")
    }
}

/** Accepts a pseudonym only (PIPA-11). */
internal fun checkSubject(subject: String) {
    checkText("subject", subject, MAX_SUBJECT_CHARACTERS)
    if ('@' in subject) refuse("subject", "looks like an e-mail address; $PSEUDONYM")
    if (looksLikePhone(subject)) refuse("subject", "looks like a telephone number; $PSEUDONYM")
    if (subject.startsWith("device:") || subject.startsWith("anonymous:") || subject.trim() != subject) {
        refuse("subject", "begins with a reserved word or has spaces around it")
    }
}

private fun looksLikePhone(subject: String): Boolean {
    val digits = subject.filter { it in '0'..'9' }
    val punctuated = subject.any { it in " -.()/" }
    return subject.all { it in '0'..'9' || it in " +-.()/" } && digits.length in 9..15 &&
        (subject.startsWith('+') || digits.startsWith('0') || digits.startsWith("8210") || punctuated)
}

/** Reads what an advertising-id source said: the signal it amounts to, and the id where there is one that may be used. */
internal fun readAdvertisingId(answer: AdIdAnswer): Pair<AdIdSignal, String?> = when (answer) {
    is AdIdAnswer.Unavailable -> AdIdSignal.Unavailable(answer.kind) to null
    is AdIdAnswer.Id -> when {
        // Zeros in any grouping are how platforms say "limited".
        answer.limited || answer.value.all { it == '0' || it == '-' } -> AdIdSignal.Limited to null
        UUID_FORM.matches(answer.value) -> AdIdSignal.Available to answer.value
        else -> AdIdSignal.Unavailable(AdIdUnavailable.FAILED) to null
    }
}

private val UUID_FORM = Regex("[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}")

package dev.consentkit.testing

import dev.consentkit.Actor
import dev.consentkit.AdvertisingIdAnswer
import dev.consentkit.AdvertisingIdSignal
import dev.consentkit.AdvertisingIdSource
import dev.consentkit.AdvertisingIdUnavailable
import dev.consentkit.AgeBand
import dev.consentkit.Answer
import dev.consentkit.ConsentException
import dev.consentkit.ImportChoice
import dev.consentkit.Shown

private const val MAX_ID_CHARACTERS = 64
private const val MAX_ANSWERS = 200
private const val MAX_SOURCE_CHARACTERS = 128
private const val MAX_SURFACE_CHARACTERS = 64

/** Most forms that an error names. */
private const val MAX_NAMED_FORMS = 20

internal fun refuse(field: String, reason: String): Nothing = throw ConsentException.Invalid(field, reason)

internal fun checkText(field: String, value: String, maxCharacters: Int) {
    textFault(value, maxCharacters)?.let { refuse(field, it) }
}

internal fun checkPurpose(field: String, id: String) = checkText(field, id, MAX_ID_CHARACTERS)

internal fun checkCount(field: String, count: Int) = when (count) {
    0 -> refuse(field, "is empty; give at least one entry")
    in 1..MAX_ANSWERS -> Unit
    else -> refuse(field, "has $count entries; give at most $MAX_ANSWERS in one call")
}

internal fun checkSurface(policy: PolicyDocument, surface: String) {
    checkText("surface", surface, MAX_SURFACE_CHARACTERS)
    if (policy.surfaces.isEmpty() || surface in policy.surfaces) return
    val forms = policy.surfaces.take(MAX_NAMED_FORMS).joinToString(", ")
    refuse("surface", "is no form of the policy in force, whose forms are: $forms")
}

/** The purposes with these ids, each once and each one that is asked for; `field` names the place of an entry. */
internal fun consentPurposes(policy: PolicyDocument, ids: List<String>, twice: String, field: (Int) -> String): List<Purpose> {
    val seen = mutableSetOf<String>()
    return ids.mapIndexed { index, id ->
        consentPurpose(policy, id, field(index)).also { if (!seen.add(id)) refuse(field(index), twice) }
    }
}

private fun consentPurpose(policy: PolicyDocument, id: String, field: String): Purpose {
    checkPurpose(field, id)
    val purpose = policy.purpose(id) ?: refuse(field, "is no purpose of the policy in force; ${policy.meant(id)}")
    if (!purpose.mayBeAnswered) refuse(field, "needs no consent; leave it out, since it cannot be granted, refused or withdrawn")
    return purpose
}

/** The purposes to withdraw: those that the policy in force asks for, and those that an earlier edition asked for here. */
internal fun withdrawable(editions: List<PolicyDocument>, ids: List<String>): List<Purpose> {
    fun field(index: Int) = "purposes[$index]"
    ids.forEachIndexed { index, id ->
        checkPurpose(field(index), id)
        if (id in ids.take(index)) refuse(field(index), "is named twice in one call; name it once")
    }
    return ids.mapIndexed { index, id ->
        editions.firstNotNullOfOrNull { policy -> policy.purpose(id)?.takeIf { it.mayBeAnswered } } ?: refuse(
            field(index),
            if (editions.first().purpose(id) != null) {
                "never needed consent; leave it out, since there is none to withdraw"
            } else {
                "is no purpose that anybody was asked about here; ${editions.first().meant(id)} or had"
            },
        )
    }
}

/** Below the age of consent only the guardian may grant, and where children are expected nobody else may until an age is known. */
internal fun checkGuardian(field: String, actor: Actor?, guarded: Boolean, age: AgeBand?) {
    if (!guarded || actor == Actor.GUARDIAN) return
    refuse(
        field,
        if (age != null) {
            "must be the guardian: the person is below the age of consent (PIPA-8)"
        } else {
            "must be the guardian while no age is known and the policy expects children (PIPA-8): report the person's age band with report_signals"
        },
    )
}

internal fun checkImport(index: Int, choice: ImportChoice, now: Long) {
    checkText("choices[$index].source", choice.source, MAX_SOURCE_CHARACTERS)
    choice.textVersion?.let { checkText("choices[$index].text_version", it, MAX_SOURCE_CHARACTERS) }
    val saidAt = choice.saidAt ?: return
    // A day ahead covers time zones and slow clocks; a clock of before any app says nothing of the future. A no is taken whatever its date.
    val isAhead = now >= EARLIEST_DATE && saidAt > maxOf(now, now + DAY_MS)
    if (!choice.choice.lowers && (saidAt < EARLIEST_DATE || isAhead)) {
        refuse("choices[$index].said_at", "is before 2008 or in the future; give Unix milliseconds, or none where unknown")
    }
}

/** The purposes of the answers to a form, and the form. */
/** Refuses answers that no form of the policy in force could take. */
internal fun State.checkAnswers(answers: List<Answer>) {
    checkCount("answers", answers.size)
    consentPurposes(policy, answers.map { it.purpose }, "is answered twice in one call; answer it once") { "answers[$it].purpose" }
}

/** Refuses choices of an older store that the policy in force does not know, or that cannot be. */
internal fun State.checkChoices(choices: List<ImportChoice>, now: Long) {
    checkCount("choices", choices.size)
    choices.forEachIndexed { index, choice ->
        consentPurpose(policy, choice.purpose, "choices[$index].purpose")
        checkImport(index, choice, now)
    }
}

internal fun Memory.fitting(shown: Shown, answers: List<Answer>): Pair<List<Purpose>, Form> {
    checkCount("answers", answers.size)
    val purposes = consentPurposes(state.policy, answers.map { it.purpose }, "is answered twice in one call; answer it once") { "answers[$it].purpose" }
    val form = form(shown)
    return purposes to form
}

internal fun Memory.form(shown: Shown): Form =
    forms[shown.token] ?: throw ConsentException.ShownRefused("it was not made by this ledger; use the one that questions() returned")

internal fun checkForm(form: Form, state: State) {
    val fault = when {
        form.policyId != state.policy.id || form.edition != state.policy.edition -> "it was made for another version of the policy; ask again with questions()"
        form.person != state.person -> "somebody signed in or out since; ask again with questions()"
        else -> return
    }
    throw ConsentException.ShownRefused(fault)
}

/** The latest choice of an older store for each purpose, with its place in the call. */
internal fun Memory.checked(choices: List<ImportChoice>, now: Long): List<Pair<IndexedValue<ImportChoice>, Purpose>> {
    checkCount("choices", choices.size)
    val found = choices.mapIndexed { index, choice ->
        val purpose = consentPurpose(state.policy, choice.purpose, "choices[$index].purpose")
        checkImport(index, choice, now)
        choice.purpose to purpose
    }.toMap()
    return latest(choices).map { it to found.getValue(it.value.purpose) }
}

/** What an advertising-id source answers. One that throws, errors among it, gives none, as in the library. */
internal fun answerOf(source: AdvertisingIdSource?): AdvertisingIdAnswer = try {
    source?.advertisingId() ?: AdvertisingIdAnswer.Unavailable(AdvertisingIdUnavailable.NO_PROVIDER)
} catch (_: Throwable) {
    AdvertisingIdAnswer.Unavailable(AdvertisingIdUnavailable.FAILED)
}

/** Reads what an advertising-id source said: the signal it amounts to, and the id where there is one that may be used. */
internal fun readAdvertisingId(answer: AdvertisingIdAnswer): Pair<AdvertisingIdSignal, String?> = when (answer) {
    is AdvertisingIdAnswer.Unavailable -> AdvertisingIdSignal.Unavailable(answer.kind) to null
    is AdvertisingIdAnswer.Id -> when {
        // Zeros in any grouping are how platforms say "limited".
        answer.limited || answer.value.all { it == '0' || it == '-' } -> AdvertisingIdSignal.Limited to null
        UUID_FORM.matches(answer.value) -> AdvertisingIdSignal.Available to answer.value
        else -> AdvertisingIdSignal.Unavailable(AdvertisingIdUnavailable.FAILED) to null
    }
}

private val UUID_FORM = Regex("[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}")

// What each call takes away, where the store refuses. Bad input is refused all the same.
package dev.consentkit.testing

import dev.consentkit.Actor
import dev.consentkit.Answer
import dev.consentkit.ChoiceKind
import dev.consentkit.DenialKind
import dev.consentkit.ImportChoice
import dev.consentkit.Method
import dev.consentkit.Shown
import dev.consentkit.Signals
import dev.consentkit.Status

internal fun Memory.noesOfForm(present: State, now: Long, shown: Shown, answers: List<Answer>): List<Denial> {
    val (purposes, form) = fitting(shown, answers)
    checkForm(form, present)
    return answers.zip(purposes).filter { (answer, _) -> answer.choice.lowers }.map { (answer, purpose) ->
        present.no(now, purpose, answer.choice, How(form, answer.method, answer.actor, form.language))
    }
}

internal fun Memory.noes(present: State, now: Long, purposes: List<String>, language: String): List<Denial> {
    checkCount("purposes", purposes.size)
    return withdrawable(state.editions, purposes).map { present.no(now, it, ChoiceKind.WITHDRAWN, How(language = language)) }
}

internal fun Memory.noesOfImport(present: State, now: Long, choices: List<ImportChoice>): List<Denial> =
    checked(choices, now).filter { (row, _) -> row.value.choice.lowers }.map { (row, purpose) ->
        present.no(now, purpose, row.value.choice, How(imported = row.value))
    }

/** Of a sign-out. */
internal fun Memory.leaving(present: State, now: Long): List<Denial> =
    if (present.signedIn) listOf(present.left(now, newPerson())) else emptyList()

/** Of a sign-in: whoever was there before no longer answers for whoever is there now. */
internal fun Memory.leaving(present: State, now: Long, subject: String): List<Denial> {
    checkSubject(subject)
    return when {
        !present.signedIn -> listOf(present.arriving(now))
        present.person == account(subject) -> emptyList()
        else -> leaving(present, now)
    }
}

/** A refusal or a withdrawal, or one from an older store. */
private fun State.no(at: Long, purpose: Purpose, choice: ChoiceKind, said: How): Denial {
    val key = key(purpose)
    return Denial(
        if (said.imported != null) DenialKind.IMPORT else DenialKind.NO,
        at,
        key,
        purpose.id,
        over = { state, since -> state.with(key, Said(choice, since, 0, state.said[key]?.seq ?: 0)) },
        record = { memory, since ->
            val stood = memory.state.said[key]
            if (said.imported != null) {
                if (memory.state.takesOver(key, said.imported)) memory.bring(since, purpose, said.imported, key)
            } else {
                val recorded = if (choice == ChoiceKind.REFUSED && stood?.choice == ChoiceKind.GRANTED) ChoiceKind.WITHDRAWN else choice
                memory.say(since, purpose, recorded, said.form, said.method, said.actor, said.language, key)
            }
        },
    )
}

/** How a no was said. */
private class How(
    val form: Form? = null,
    val method: Method = Method.TOGGLE,
    val actor: Actor = Actor.PERSON,
    val language: String = "",
    /** The row of an older store that said it, where one did. */
    val imported: ImportChoice? = null,
)

/** What reported signals take away that the state does not deny already. */
internal fun State.signalDenials(at: Long, reported: Signals): List<Denial> {
    val (present, person) = present to person
    return reported.denials.filter { present.deniedBy(it) != present }.map { denial ->
        val ofPerson = denial.age != null || denial.guardian != null
        val kind = when {
            denial.tracking != null -> DenialKind.TRACKING
            denial.adId != null -> DenialKind.ADVERTISING_ID
            denial.gpc != null -> DenialKind.GPC
            denial.age != null -> DenialKind.AGE
            else -> DenialKind.GUARDIAN
        }
        Denial(
            kind,
            at,
            if (ofPerson) person to kind else kind,
            null,
            over = { state, _ ->
                if (ofPerson) state.with(person, state.factsOf(person).with(denial, DEFAULT_AGE_OF_CONSENT)) else state.copy(signals = state.signals.with(denial))
            },
            record = { memory, since ->
                if (ofPerson) {
                    memory.tell(since, person, memory.state.factsOf(person).with(denial, DEFAULT_AGE_OF_CONSENT))
                } else {
                    memory.hear(since, memory.state.signals.with(denial))
                }
            },
        )
    }
}

/** The person who was signed in has left, and `next` follows. */
private fun State.left(at: Long, next: String): Denial {
    val person = person
    return Denial(
        DenialKind.SIGN_OUT,
        at,
        DenialKind.SIGN_OUT to person,
        null,
        over = { state, _ ->
            if (state.person == person) state.copy(person = next, signedIn = false).with(next, state.factsOf(person).denying) else state
        },
        record = { memory, since -> if (memory.state.person == person) memory.signOut(since, next) },
    )
}

/** An account was to take this anonymous person's place: until the next write the grants do not answer for the account. */
private fun State.arriving(at: Long): Denial {
    val person = person
    fun isGrant(key: Key, said: Said) = key.subject == person && said.choice.status == Status.GRANTED
    return Denial(
        DenialKind.SIGN_IN,
        at,
        DenialKind.SIGN_IN to person,
        null,
        over = { state, _ -> if (state.person == person) state.copy(said = state.said.filterNot { (key, said) -> isGrant(key, said) }, forgotten = person) else state },
        record = { _, _ -> },
    )
}

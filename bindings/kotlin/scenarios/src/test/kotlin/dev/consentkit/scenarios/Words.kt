package dev.consentkit.scenarios

import dev.consentkit.Actor
import dev.consentkit.ConsentException
import dev.consentkit.Decision
import dev.consentkit.Reason

/** The entry that a scenario's word stands for. */
inline fun <reified T : Enum<T>> word(text: String): T =
    enumValues<T>().find { it.word == text } ?: throw Fault("unknown word \"$text\" for ${T::class.simpleName}")

/** An entry as scenarios write it. */
val Enum<*>.word: String get() = if (this == Actor.PERSON) "self" else name.lowercase()

val Decision.codes: List<String> get() = reasons.codes

val List<Reason>.codes: List<String> get() = map { it.code }

/** The place that an error names. */
val ConsentException.place: String?
    get() = when (this) {
        is ConsentException.Invalid -> field
        is ConsentException.NoticeNotShown -> purpose
        is ConsentException.PolicyInvalid -> faults.firstOrNull()?.pointer
        is ConsentException.PolicyRefused -> faults.firstOrNull()?.pointer
        else -> null
    }

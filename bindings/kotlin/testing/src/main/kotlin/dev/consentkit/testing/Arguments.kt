// What the library refuses before its core sees it: a null that a caller in Java passes, and half a character. In the same order, under the
// same names.
package dev.consentkit.testing

import dev.consentkit.Answer
import dev.consentkit.ImportChoice
import dev.consentkit.Shown

internal fun <T : Any> given(field: String, value: T?): T = value ?: refuse(field, "is missing")

internal fun text(field: String, value: String?): String {
    val text = given(field, value)
    val halved = text.indices.any { at ->
        val letter = text[at]
        val follows = at + 1 < text.length && text[at + 1].isLowSurrogate()
        val precedes = at > 0 && text[at - 1].isHighSurrogate()
        letter.isHighSurrogate() && !follows || letter.isLowSurrogate() && !precedes
    }
    if (halved) refuse(field, "holds half a character (an unpaired surrogate)")
    return text
}

internal fun checkGiven(shown: Shown?, answers: List<Answer>?) {
    given("answers", answers).forEachIndexed { at, answer ->
        given("answers[$at]", answer)
        text("answers[$at].purpose", answer.purpose)
        given("answers[$at].choice", answer.choice)
        given("answers[$at].method", answer.method)
        given("answers[$at].actor", answer.actor)
    }
    text("shown", given("shown", shown).token)
}

internal fun checkGiven(purposes: Array<out String>?) = given("purposes", purposes).forEachIndexed { at, purpose -> text("purposes[$at]", purpose) }

internal fun checkGiven(choices: List<ImportChoice>?) = given("choices", choices).forEachIndexed { at, choice ->
    given("choices[$at]", choice)
    text("choices[$at].purpose", choice.purpose)
    given("choices[$at].choice", choice.choice)
    text("choices[$at].source", choice.source)
    choice.textVersion?.let { text("choices[$at].text_version", it) }
}

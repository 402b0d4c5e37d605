package dev.consentkit.testing

/** Most closings of one question that are remembered. */
private const val MAX_CLOSINGS = 4

/** How far ahead of the clock a closing may lie that the same clock wrote. */
private const val CLOCK_SLACK_MS = 3_600_000L

/** A form was closed while one of its questions was open. */
internal data class Closing(val at: Long, val material: Long)

/** True where a form with this question was closed not long ago, and its notice means the same still (PIPA-16). */
internal fun State.isKeptAway(purpose: Purpose, now: Long): Boolean = closings[key(purpose)].orEmpty().any { closing ->
    closing.material >= purpose.material && closing.at <= now + CLOCK_SLACK_MS && now < closing.at + policy.coolDownDays * DAY_MS
}

internal fun State.withClosing(key: Key, closing: Closing): State =
    copy(closings = closings + (key to (closings[key].orEmpty() + closing).takeLast(MAX_CLOSINGS)))

/** What an anonymous person closed stays away as well once that person signs in: nobody is asked again for having signed in. */
internal fun State.closedBeforeSignIn(account: String): State = closings.filterKeys { it.subject == person }.entries.fold(this) { state, (key, closed) ->
    closed.fold(state) { state, closing -> state.withClosing(Key(account, key.purpose), closing) }
}

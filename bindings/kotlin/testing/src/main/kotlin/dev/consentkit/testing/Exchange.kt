package dev.consentkit.testing

import dev.consentkit.HttpRequest
import dev.consentkit.HttpTransport
import dev.consentkit.SyncReport
import dev.consentkit.SyncState
import dev.consentkit.TransportException
import dev.consentkit.Trouble

private const val MAX_RESPONSE_BYTES = 1L shl 20

/** The network says itself that it answers in another's place (RFC 6585). */
private const val NETWORK_AUTHENTICATION_REQUIRED = 511

/** What one exchange with the scripted server came to. */
internal class Outcome(
    /** Why it took nothing; `null` where it took everything, and where nothing was asked of it. */
    val trouble: Trouble?,
    /** True where something was to be asked. */
    val isLoud: Boolean = true,
)

/** Nothing was said yet, so nothing is sent (KR-19). */
internal val QUIET = Outcome(null, isLoud = false)

/** Makes the one request of a sync; its status alone counts. */
internal fun exchange(transport: HttpTransport, timeoutMillis: Long, known: Boolean): Outcome {
    val request = HttpRequest("POST", "https://server.invalid/v1/sync", emptyList(), ByteArray(0), timeoutMillis, MAX_RESPONSE_BYTES)
    return Outcome(
        try {
            trouble(transport.send(request).status, known)
        } catch (_: TransportException.TooLarge) {
            Trouble.AnswerTooLarge
        } catch (_: Exception) {
            Trouble.Offline
        },
    )
}

private fun trouble(status: Int, known: Boolean): Trouble? = when (status) {
    in 200..299 -> null
    401, 403 -> Trouble.Unauthorised
    409 -> Trouble.Conflict
    NETWORK_AUTHENTICATION_REQUIRED -> Trouble.Portal(status)
    408, 425, 429, in 500..599 -> Trouble.ServerBusy(status)
    // A server that answered rightly before has no wrong address: something else answers in its place.
    400, 404, 405, 410, 413, 421, 422, in 300..399 -> if (known) Trouble.Portal(status) else Trouble.Configuration(status)
    else -> Trouble.UnexpectedStatus(status)
}

/** When to ask the server again: the library's own delays, without the part that chance adds to them. Not safe for several threads. */
internal class Pause {
    private var attempts = 0
    private var since = 0L
    private var millis = 0L

    /** True once the server took something. */
    var knowsTheServer = false
        private set

    /** Until when nothing is asked; `null` where it may be asked now. A clock that was set back ends it. */
    fun until(now: Long): Long? = (since + millis).takeIf { now in since until it }

    fun after(trouble: Trouble?, now: Long) {
        when (trouble) {
            null -> {
                forget()
                knowsTheServer = true
            }
            // Another token may help at once.
            Trouble.Unauthorised -> Unit
            is Trouble.Configuration -> wait(now, FIRST_HOLD_MILLIS, LONGEST_HOLD_MILLIS)
            is Trouble.Portal -> wait(now, FIRST_DELAY_MILLIS, LONGEST_PORTAL_DELAY_MILLIS)
            else -> wait(now, FIRST_DELAY_MILLIS, LONGEST_DELAY_MILLIS)
        }
    }

    /** The network is back. */
    fun forget() {
        attempts = 0
        millis = 0
    }

    private fun wait(now: Long, first: Long, longest: Long) {
        since = now
        millis = (first shl attempts.coerceAtMost(MOST_DOUBLINGS)).coerceAtMost(longest)
        attempts += 1
    }

    private companion object {
        const val FIRST_DELAY_MILLIS = 2_000L
        const val LONGEST_DELAY_MILLIS = 3_600_000L
        const val LONGEST_PORTAL_DELAY_MILLIS = 300_000L
        const val FIRST_HOLD_MILLIS = 3_600_000L
        const val LONGEST_HOLD_MILLIS = 86_400_000L

        /** Past it each delay is the longest anyway. */
        const val MOST_DOUBLINGS = 20
    }
}

/** The report of a sync. */
internal fun syncReport(outcome: Outcome, acknowledged: Long, pending: Long, retryAt: Long?): SyncReport {
    val troubles = listOfNotNull(outcome.trouble)
    val state = when {
        !outcome.isLoud -> SyncState.QUIET
        troubles.isEmpty() -> SyncState.UP_TO_DATE
        else -> SyncState.WAITING
    }
    return SyncReport(state, acknowledged, pending, 0, troubles, retryAt, false, false, null, false, 0, false, emptyList())
}

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

/** What one exchange with the scripted server came to: null where it took everything. */
internal class Outcome(val trouble: Trouble?)

/** Makes the one request of a sync; its status alone counts. */
internal fun exchange(transport: HttpTransport, timeoutMillis: Long): Outcome {
    val request = HttpRequest("POST", "https://server.invalid/v1/sync", emptyList(), ByteArray(0), timeoutMillis, MAX_RESPONSE_BYTES)
    return Outcome(
        try {
            trouble(transport.send(request).status)
        } catch (_: TransportException.TooLarge) {
            Trouble.AnswerTooLarge
        } catch (_: Exception) {
            Trouble.Offline
        },
    )
}

private fun trouble(status: Int): Trouble? = when (status) {
    in 200..299 -> null
    401, 403 -> Trouble.Unauthorised
    409 -> Trouble.Conflict
    NETWORK_AUTHENTICATION_REQUIRED -> Trouble.Portal(status)
    408, 425, 429, in 500..599 -> Trouble.ServerBusy(status)
    400, 404, 405, 410, 413, 421, 422, in 300..399 -> Trouble.Configuration(status)
    else -> Trouble.UnexpectedStatus(status)
}

/** The report of a sync; without an outcome nothing was sent. */
internal fun syncReport(outcome: Outcome?, acknowledged: Long, pending: Long): SyncReport {
    val troubles = listOfNotNull(outcome?.trouble)
    val state = when {
        outcome == null -> SyncState.QUIET
        troubles.isEmpty() -> SyncState.UP_TO_DATE
        else -> SyncState.WAITING
    }
    return SyncReport(state, acknowledged, pending, 0, troubles, null, false, false, null, false, 0)
}

// The app's own code behind the core's traits. Nothing the app throws, errors included, may reach the native side: JNA would answer
// with nonsense in its place.
package dev.consentkit.internal

import java.util.concurrent.ExecutionException
import java.util.concurrent.TimeoutException

/** How long the app's log-in may take to give a token: as long as one exchange with the server. */
private const val TOKEN_TIMEOUT_MILLIS = 30_000L

/** How much longer than its own time-out a transport is waited for. */
private const val TRANSPORT_GRACE_MILLIS = 2_000L

/**
 * How many requests that were given up may still hang before a next one is not made: an app that cancels a sync with each screen that closes, in
 * a network that takes everything and answers nothing, makes no more than these within the half minute that a socket may take to notice.
 */
private const val HANGING_REQUESTS = 64

internal class TransportAdapter(private val transport: dev.consentkit.HttpTransport, private val exchanges: Exchanges) : HttpTransport {
    private val worker = Worker("http", HANGING_REQUESTS)

    override fun send(request: HttpRequest): HttpResponse = try {
        worker.ask(request.timeoutMs.coerceAtLeast(0) + TRANSPORT_GRACE_MILLIS, exchanges.current) {
            transport.send(request.toApp()).toCore(request)
        }
    } catch (_: TimeoutException) {
        throw unlessGivenUp(TransportException.TimedOut())
    } catch (fault: ExecutionException) {
        val failure = (fault.cause as? dev.consentkit.TransportException)?.toCore()
        throw unlessGivenUp(failure ?: TransportException.Unreachable("the app's transport failed"))
    }

    /** Where nobody waits for the exchange any longer, that is what the core is told: no failure of the server's follows from it. */
    private fun unlessGivenUp(failure: TransportException): TransportException =
        if (exchanges.current?.isEnded == true) TransportException.GivenUp() else failure
}

private fun HttpRequest.toApp() = dev.consentkit.HttpRequest(
    method = method,
    url = url,
    headers = headers.map { dev.consentkit.HttpHeader(it.name, it.value) },
    body = body,
    timeoutMillis = timeoutMs,
    maxResponseBytes = maxResponseBytes,
)

private fun dev.consentkit.HttpResponse.toCore(request: HttpRequest): HttpResponse {
    if (body.size > request.maxResponseBytes) throw dev.consentkit.TransportException.TooLarge()
    return HttpResponse(status, headers.map { HttpHeader(it.name, it.value) }, body)
}

private fun dev.consentkit.TransportException.toCore(): TransportException = when (this) {
    is dev.consentkit.TransportException.Unreachable -> TransportException.Unreachable(reason)
    is dev.consentkit.TransportException.TimedOut -> TransportException.TimedOut()
    is dev.consentkit.TransportException.TooLarge -> TransportException.TooLarge()
    is dev.consentkit.TransportException.Refused -> TransportException.Refused(reason)
}

internal class TokensAdapter(private val tokens: dev.consentkit.AccountTokens, private val exchanges: Exchanges) : AccountTokens {
    private val worker = Worker("token", HANGING_REQUESTS)

    override fun token(subject: String, refresh: Boolean): String? = try {
        worker.ask<String?>(TOKEN_TIMEOUT_MILLIS, exchanges.current) { tokens.token(subject, refresh) }
    } catch (_: TimeoutException) {
        throw HostException.Failed()
    } catch (_: ExecutionException) {
        throw HostException.Failed()
    }
}

internal class AdvertisingIdAdapter(
    private val source: dev.consentkit.AdvertisingIdSource,
    private val timeoutMillis: Long,
) : AdvertisingIdSource {
    // One at a time: the provider is the same for every purpose, and while it hangs nobody is the wiser for asking it again.
    private val worker = Worker("ad-id", 1)

    override fun advertisingId(): AdIdAnswer = try {
        worker.ask(timeoutMillis) { source.advertisingId().toCore() }
    } catch (_: TimeoutException) {
        AdIdAnswer.Unavailable(AdIdUnavailable.TIMED_OUT)
    } catch (_: ExecutionException) {
        AdIdAnswer.Unavailable(AdIdUnavailable.FAILED)
    }
}

private fun dev.consentkit.AdvertisingIdAnswer.toCore(): AdIdAnswer = when (this) {
    is dev.consentkit.AdvertisingIdAnswer.Id -> AdIdAnswer.Id(value, limited)
    is dev.consentkit.AdvertisingIdAnswer.Unavailable -> AdIdAnswer.Unavailable(kind.toCore())
}

internal class ClockAdapter(private val clock: dev.consentkit.ConsentClock) : TestClock {
    override fun now(): Long = try {
        clock.now()
    } catch (_: Throwable) {
        throw HostException.Failed()
    }
}

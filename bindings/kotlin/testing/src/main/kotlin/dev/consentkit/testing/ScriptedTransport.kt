package dev.consentkit.testing

import dev.consentkit.HttpRequest
import dev.consentkit.HttpResponse
import dev.consentkit.HttpTransport
import dev.consentkit.TransportException
import java.util.concurrent.ConcurrentLinkedQueue
import java.util.concurrent.atomic.AtomicInteger

/**
 * A transport that answers as it was told, and opens no connection. May be used from any thread.
 *
 * First what [then] queued is answered, one entry a request; after that everything is answered as [always] says, which is the status
 * 200 with an empty body until it is told otherwise. [FakeConsent] looks at the status alone. The real `Consent` reads the body too:
 * give it one in the form of the sync protocol.
 */
public class ScriptedTransport : HttpTransport {
    private val queued = ConcurrentLinkedQueue<() -> HttpResponse>()
    private val sent = AtomicInteger()

    @Volatile
    private var standing: () -> HttpResponse = answer(200, ByteArray(0))

    /** How many requests were made so far. What they held is not kept: a token, and what a person said. */
    public val requests: Int get() = sent.get()

    /** Answers the next request that nothing is queued for with this status. */
    @JvmOverloads
    public fun then(status: Int, body: ByteArray = ByteArray(0)): ScriptedTransport = apply { queued += answer(status, body) }

    /** Fails the next request that nothing is queued for. */
    public fun then(failure: TransportException): ScriptedTransport = apply { queued += { throw failure } }

    /** Answers every request that nothing is queued for with this status. */
    @JvmOverloads
    public fun always(status: Int, body: ByteArray = ByteArray(0)): ScriptedTransport = apply { standing = answer(status, body) }

    /** Fails every request that nothing is queued for: `always(TransportException.Unreachable("no network"))` is a phone offline. */
    public fun always(failure: TransportException): ScriptedTransport = apply { standing = { throw failure } }

    override fun send(request: HttpRequest): HttpResponse {
        sent.incrementAndGet()
        return (queued.poll() ?: standing)()
    }

    private fun answer(status: Int, body: ByteArray): () -> HttpResponse = { HttpResponse(status, emptyList(), body.copyOf()) }
}

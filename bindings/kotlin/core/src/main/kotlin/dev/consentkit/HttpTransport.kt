package dev.consentkit

/** One header of a request or an answer. */
class HttpHeader(
    /** Name, in any case. */
    val name: String,
    /** Value. */
    val value: String,
) {
    // A value may be a token.
    override fun toString(): String = name
}

/** A request to carry. Its text form tells neither its headers nor its body: they hold a token and what a person said. */
class HttpRequest(
    /** `GET` or `POST`. */
    val method: String,
    /** Absolute URL on the server given at open. */
    val url: String,
    /** Headers, `Authorization` among them. */
    val headers: List<HttpHeader>,
    /** Body; empty for `GET`. */
    val body: ByteArray,
    /** Milliseconds the whole exchange may take. */
    val timeoutMillis: Long,
    /** Largest decoded body that may be read; stop reading there and throw [TransportException.TooLarge]. */
    val maxResponseBytes: Long,
) {
    override fun toString(): String = "HttpRequest($method)"
}

/** An answer, whatever its status. Redirects are answers: they are never followed. */
class HttpResponse(
    /** Status code, 100 to 699. */
    val status: Int,
    /** Headers. */
    val headers: List<HttpHeader>,
    /** Decoded body. */
    val body: ByteArray,
) {
    override fun toString(): String = "HttpResponse($status)"
}

/** Why no answer came. */
sealed class TransportException(message: String) : RuntimeException(message) {
    /** No connection, or it broke. What the server did is unknown. */
    class Unreachable(
        /** What happened, without the address. */
        val reason: String,
    ) : TransportException("The server could not be reached: $reason.")

    /** No answer in time. What the server did is unknown. */
    class TimedOut : TransportException("The server did not answer in time.")

    /** The answer is larger than was allowed. */
    class TooLarge : TransportException("The server's answer is larger than allowed.")

    /** The connection is not one that may be used: no TLS, a bad certificate, a bad address. */
    class Refused(
        /** Why, without the address. */
        val reason: String,
    ) : TransportException("The connection may not be used: $reason.")
}

/**
 * Carries HTTP requests. Called on a worker of its own, never on the thread that syncs, and never two at a time for one database, but for
 * one that was given up: where a sync is cancelled, closed or out of time, the worker is interrupted and no longer waited for.
 */
fun interface HttpTransport {
    /**
     * Sends the request and waits for the answer, at most [HttpRequest.timeoutMillis]. Does not follow redirects.
     *
     * @throws TransportException where no answer came. Any other exception counts as [TransportException.Unreachable].
     */
    fun send(request: HttpRequest): HttpResponse
}

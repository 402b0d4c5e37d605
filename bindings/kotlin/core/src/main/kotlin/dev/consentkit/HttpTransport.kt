package dev.consentkit

/** One header of a request or an answer. */
public class HttpHeader(
    /** Name, in any case. */
    public val name: String,
    /** Value. */
    public val value: String,
) {
    // A value may be a token.
    override fun toString(): String = name
}

/** A request to carry. Its text form tells neither its headers nor its body: they hold a token and what a person said. */
public class HttpRequest(
    /** `GET` or `POST`. */
    public val method: String,
    /** Absolute URL on the server given at open. */
    public val url: String,
    /** Headers, `Authorization` among them. */
    public val headers: List<HttpHeader>,
    /** Body; empty for `GET`. */
    public val body: ByteArray,
    /** Milliseconds the whole exchange may take. */
    public val timeoutMillis: Long,
    /** Largest decoded body that may be read; stop reading there and throw [TransportException.TooLarge]. */
    public val maxResponseBytes: Long,
) {
    override fun toString(): String = "HttpRequest($method)"
}

/** An answer, whatever its status. Redirects are answers: they are never followed. */
public class HttpResponse(
    /** Status code, 100 to 699. */
    public val status: Int,
    /** Headers. */
    public val headers: List<HttpHeader>,
    /** Decoded body. */
    public val body: ByteArray,
) {
    override fun toString(): String = "HttpResponse($status)"
}

/** Why no answer came. */
public sealed class TransportException(message: String) : RuntimeException(message) {
    /** No connection, or it broke. What the server did is unknown. */
    public class Unreachable(
        /** What happened, without the address. */
        public val reason: String,
    ) : TransportException("The server could not be reached: $reason.")

    /** No answer in time. What the server did is unknown. */
    public class TimedOut : TransportException("The server did not answer in time.")

    /** The answer is larger than was allowed. */
    public class TooLarge : TransportException("The server's answer is larger than allowed.")

    /** The connection is not one that may be used: no TLS, a bad certificate, a bad address. */
    public class Refused(
        /** Why, without the address. */
        public val reason: String,
    ) : TransportException("The connection may not be used: $reason.")
}

/**
 * Carries HTTP requests. Called on a worker of its own, never on the thread that syncs, and never two at a time for one database, but for
 * one that was given up: where a sync is cancelled, closed or out of time, the worker is interrupted and no longer waited for.
 */
public fun interface HttpTransport {
    /**
     * Sends the request and waits for the answer, at most [HttpRequest.timeoutMillis]. Does not follow redirects.
     *
     * @throws TransportException where no answer came. Any other exception counts as [TransportException.Unreachable].
     */
    public fun send(request: HttpRequest): HttpResponse
}

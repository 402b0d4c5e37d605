package dev.consentkit

import java.io.ByteArrayOutputStream
import java.io.IOException
import java.io.InputStream
import java.net.HttpURLConnection
import java.net.MalformedURLException
import java.net.Proxy
import java.net.SocketTimeoutException
import java.net.URL
import java.util.concurrent.ScheduledThreadPoolExecutor
import java.util.concurrent.TimeUnit
import java.util.concurrent.atomic.AtomicBoolean
import javax.net.ssl.SSLException

/**
 * Carries requests with the platform's own `HttpURLConnection`, so with its certificates and the app's network security config.
 *
 * Only `https`, and `http` to this machine itself. No redirect is followed, nothing is sent twice, nothing is decompressed, nothing is
 * cached. Blocks the calling thread; may be used from several.
 *
 * @param proxy what everything is sent through; none is used otherwise, whatever the system says.
 * @param connectTimeoutMillis how long a connection may take to stand.
 * @param readTimeoutMillis how long an answer may pause.
 */
public class HttpUrlConnectionTransport @JvmOverloads constructor(
    private val proxy: Proxy = Proxy.NO_PROXY,
    private val connectTimeoutMillis: Int = 10_000,
    private val readTimeoutMillis: Int = 15_000,
) : HttpTransport {
    override fun send(request: HttpRequest): HttpResponse {
        val connection = connect(request)
        val timedOut = AtomicBoolean()
        // The platform's own time-outs begin anew with each byte; this one does not.
        val deadline = WATCH.schedule({
            timedOut.set(true)
            connection.disconnect()
        }, request.timeoutMillis.coerceAtLeast(0), TimeUnit.MILLISECONDS)
        var isWhole = false
        try {
            return exchange(connection, request).also { isWhole = true }
        } catch (fault: Exception) {
            throw if (timedOut.get()) TransportException.TimedOut() else meaning(fault)
        } finally {
            deadline.cancel(false)
            // A connection whose answer was not read to its end is good for nothing more.
            if (!isWhole) connection.disconnect()
        }
    }

    private fun connect(request: HttpRequest): HttpURLConnection = try {
        val url = URL(request.url)
        if (!isAllowed(url)) throw TransportException.Refused("the address is neither https nor this machine itself")
        val connection = url.openConnection(proxy) as HttpURLConnection
        connection.instanceFollowRedirects = false
        connection.useCaches = false
        connection.connectTimeout = within(connectTimeoutMillis, request)
        connection.readTimeout = within(readTimeoutMillis, request)
        connection.requestMethod = request.method
        // Set by us, so that Android neither asks for compression nor undoes it.
        connection.setRequestProperty("Accept-Encoding", "identity")
        request.headers.forEach { connection.setRequestProperty(it.name, it.value) }
        connection
    } catch (fault: Exception) {
        throw meaning(fault)
    }

    /** Never 0, which would mean for ever. */
    private fun within(millis: Int, request: HttpRequest): Int = minOf(millis.toLong(), request.timeoutMillis).coerceAtLeast(1).toInt()

    private fun exchange(connection: HttpURLConnection, request: HttpRequest): HttpResponse {
        if (request.body.isNotEmpty()) {
            connection.doOutput = true
            // Known in advance: otherwise the platform keeps the body back and may send it a second time by itself.
            connection.setFixedLengthStreamingMode(request.body.size)
            connection.outputStream.use { it.write(request.body) }
        }
        val status = connection.responseCode
        if (status < 0) throw IOException("no status line")
        val headers = headers(connection)
        val answer = if (status < 400) connection.inputStream else connection.errorStream
        // The desktop gives no stream with a 401, since it cannot answer the challenge by itself; the status is enough.
        if (answer == null) return HttpResponse(status, headers, ByteArray(0))
        val body = answer.use { read(it, request.maxResponseBytes) }
        // The desktop's stream ends in silence where the connection broke before the announced length.
        if (connection.contentLengthLong > body.size && status !in WITHOUT_BODY) throw IOException("the answer broke off")
        return HttpResponse(status, headers, body)
    }

    private fun headers(connection: HttpURLConnection): List<HttpHeader> {
        val headers = connection.headerFields.flatMap { (name, values) ->
            // The status line has no name.
            if (name == null) emptyList() else values.map { HttpHeader(name, it) }
        }
        if (headers.sumOf { it.name.length + it.value.length } > MAX_HEADER_CHARS) throw TransportException.TooLarge()
        return headers
    }

    private fun read(answer: InputStream, most: Long): ByteArray {
        val body = ByteArrayOutputStream()
        val chunk = ByteArray(CHUNK_BYTES)
        while (true) {
            val count = answer.read(chunk)
            if (count < 0) return body.toByteArray()
            if (body.size() + count > most) throw TransportException.TooLarge()
            body.write(chunk, 0, count)
        }
    }

    private companion object {
        /** Most characters of an answer's headers, names and values together, as in the other transports. */
        const val MAX_HEADER_CHARS = 16 * 1024

        /** 204 and 304 have no body, whatever length they announce. */
        val WITHOUT_BODY = setOf(204, 304)

        const val CHUNK_BYTES = 8 * 1024

        const val IDLE_SECONDS = 5L

        /** Ends exchanges that take too long; its one thread ends when there are none. */
        val WATCH = ScheduledThreadPoolExecutor(1) { work -> Thread(work, "consentkit-http-watch").apply { isDaemon = true } }.apply {
            setKeepAliveTime(IDLE_SECONDS, TimeUnit.SECONDS)
            allowCoreThreadTimeOut(true)
            removeOnCancelPolicy = true
        }

        fun isAllowed(url: URL): Boolean = url.protocol == "https" || url.protocol == "http" && isThisMachine(url.host)

        /** By the letters alone: a name that a server may answer with a loopback address is not this machine. */
        fun isThisMachine(host: String): Boolean =
            host == "localhost" || host == "[::1]" || host == "::1" || Regex("127(\\.\\d{1,3}){3}").matches(host)

        /** What an exception of the platform means. Its own text is left out: it may quote the address. */
        fun meaning(fault: Exception): TransportException = when (fault) {
            is TransportException -> fault
            is SocketTimeoutException -> TransportException.TimedOut()
            is SSLException -> TransportException.Refused("the server speaks no TLS, or its certificate is not trusted")
            is MalformedURLException -> TransportException.Refused("the address is no URL")
            is IOException -> TransportException.Unreachable("there is no connection, or it broke")
            is SecurityException -> TransportException.Refused("the app may not use the network")
            else -> TransportException.Refused("the platform does not take the request")
        }
    }
}

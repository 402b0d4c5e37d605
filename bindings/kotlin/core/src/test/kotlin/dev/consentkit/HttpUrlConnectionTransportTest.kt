package dev.consentkit

import com.sun.net.httpserver.HttpsConfigurator
import com.sun.net.httpserver.HttpsServer
import org.junit.After
import org.junit.Rule
import org.junit.rules.TemporaryFolder
import java.io.File
import java.io.InputStream
import java.net.InetAddress
import java.net.InetSocketAddress
import java.net.ServerSocket
import java.net.Socket
import java.security.KeyStore
import java.util.concurrent.CopyOnWriteArrayList
import javax.net.ssl.KeyManagerFactory
import javax.net.ssl.SSLContext
import kotlin.concurrent.thread
import kotlin.test.Test
import kotlin.test.assertContentEquals
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertFalse
import kotlin.test.assertTrue

/** The transport against a server that says byte for byte what it is told to. */
class HttpUrlConnectionTransportTest {
    @get:Rule
    val folder = TemporaryFolder()

    private val listening = ServerSocket(0, 50, InetAddress.getLoopbackAddress())
    private val open = CopyOnWriteArrayList<Socket>()
    private val heard = CopyOnWriteArrayList<String>()

    @After
    fun stop() {
        listening.close()
        open.forEach(Socket::close)
    }

    /** Answers each connection's first request by this. */
    private fun serve(answer: (Socket) -> Unit) = thread(isDaemon = true) {
        runCatching {
            while (true) {
                val socket = listening.accept().also(open::add)
                thread(isDaemon = true) {
                    runCatching {
                        heard += readRequest(socket.getInputStream())
                        answer(socket)
                    }
                    socket.close()
                }
            }
        }
    }

    private fun serve(answer: String) = serve { it.getOutputStream().write(answer.toByteArray()) }

    private fun readRequest(input: InputStream): String {
        val head = StringBuilder()
        while (!head.endsWith("\r\n\r\n")) head.append(input.read().toChar())
        val length = Regex("(?i)content-length: (\\d+)").find(head)?.groupValues?.get(1)?.toInt() ?: 0
        return head.toString() + String(input.readNBytes(length))
    }

    private fun request(timeoutMillis: Long = 30_000, url: String = "http://127.0.0.1:${listening.localPort}/v1/sync", most: Long = 1024 * 1024) =
        HttpRequest("POST", url, listOf(HttpHeader("Authorization", "Bearer secret")), "{\"a\":1}".toByteArray(), timeoutMillis, most)

    private val transport = HttpUrlConnectionTransport()

    @Test
    fun `a request arrives as it was given, and the answer comes back whole`() {
        serve("HTTP/1.1 200 OK\r\nRetry-After: 7\r\nContent-Length: 4\r\n\r\n\u0001abc")
        val answer = transport.send(request())
        assertEquals(200, answer.status)
        assertContentEquals("\u0001abc".toByteArray(), answer.body)
        assertEquals("7", answer.headers.single { it.name == "Retry-After" }.value)
        val sent = heard.single()
        assertTrue(sent.startsWith("POST /v1/sync HTTP/1.1\r\n") && sent.endsWith("\r\n\r\n{\"a\":1}"), sent)
        assertTrue("Authorization: Bearer secret\r\n" in sent && "Accept-Encoding: identity\r\n" in sent, sent)
    }

    @Test
    fun `every status is an answer, a redirect and a refusal among them`() {
        for (status in listOf(204, 302, 307, 400, 401, 403, 407, 409, 413, 429, 500, 503)) {
            heard.clear()
            val body = if (status == 204) "" else "no"
            val server = ServerSocket(0, 50, InetAddress.getLoopbackAddress())
            thread(isDaemon = true) {
                server.accept().use { socket ->
                    heard += readRequest(socket.getInputStream())
                    val head = "HTTP/1.1 $status X\r\nLocation: http://127.0.0.1:${listening.localPort}/elsewhere\r\nWWW-Authenticate: Basic realm=\"x\"\r\n"
                    socket.getOutputStream().write("${head}Content-Length: ${body.length}\r\nConnection: close\r\n\r\n$body".toByteArray())
                }
            }
            assertEquals(status, transport.send(request(url = "http://127.0.0.1:${server.localPort}/")).status)
            assertEquals(1, heard.size, "status $status was sent on or sent again")
            server.close()
        }
    }

    @Test
    fun `an answer larger than allowed is given up, also one that does not say how large it is`() {
        serve { socket ->
            socket.getOutputStream().write("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n".toByteArray())
            while (true) socket.getOutputStream().write(ByteArray(64 * 1024))
        }
        assertFailsWith<TransportException.TooLarge> { transport.send(request()) }
    }

    @Test
    fun `an answer of exactly the allowed size is taken`() {
        serve("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + "x".repeat(1000))
        assertEquals(1000, transport.send(request(most = 1000)).body.size)
        assertFailsWith<TransportException.TooLarge> { transport.send(request(most = 999)) }
    }

    @Test
    fun `headers past their bound are refused`() {
        val long = (1..40).joinToString("") { "X-Long-$it: ${"y".repeat(500)}\r\n" }
        serve("HTTP/1.1 200 OK\r\n${long}Content-Length: 0\r\n\r\n")
        assertFailsWith<TransportException.TooLarge> { transport.send(request()) }
    }

    @Test
    fun `an answer that drips is given up when its time is over, in the headers and in the body`() {
        for (head in listOf("HTTP/1.1 200 OK\r\nX: ", "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")) {
            val server = ServerSocket(0, 50, InetAddress.getLoopbackAddress())
            thread(isDaemon = true) {
                runCatching {
                    server.accept().use { socket ->
                        readRequest(socket.getInputStream())
                        socket.getOutputStream().write(head.toByteArray())
                        // Each byte is well within the time an answer may pause. The read waits for a byte that never comes.
                        socket.soTimeout = 20
                        while (true) {
                            runCatching { socket.getInputStream().read() }
                            socket.getOutputStream().write('z'.code)
                        }
                    }
                }
            }
            assertFailsWith<TransportException.TimedOut> { transport.send(request(timeoutMillis = 400, url = "http://127.0.0.1:${server.localPort}/")) }
            server.close()
        }
    }

    @Test
    fun `a server that is silent is given up`() {
        serve { it.getInputStream().read() }
        assertFailsWith<TransportException.TimedOut> { transport.send(request(timeoutMillis = 200)) }
        assertFailsWith<TransportException.TimedOut> { HttpUrlConnectionTransport(readTimeoutMillis = 100).send(request()) }
    }

    @Test
    fun `nobody there, and a connection that breaks, are unreachable, and nothing is sent twice`() {
        val free = ServerSocket(0, 50, InetAddress.getLoopbackAddress()).use { it.localPort }
        assertFailsWith<TransportException.Unreachable> { transport.send(request(url = "http://127.0.0.1:$free/")) }
        serve { it.close() }
        assertFailsWith<TransportException.Unreachable> { transport.send(request()) }
        assertEquals(1, heard.size)
    }

    @Test
    fun `an answer that ends too early is no answer`() {
        serve("HTTP/1.1 200 OK\r\nContent-Length: 100\r\nConnection: close\r\n\r\nshort")
        assertFailsWith<TransportException.Unreachable> { transport.send(request()) }
    }

    @Test
    fun `what is neither https nor this machine is refused before a byte is sent`() {
        for (url in listOf("http://example.com/", "http://127.0.0.1.example.com/", "http://localhost.example.com/", "ftp://127.0.0.1/", "file:///etc/passwd", "nonsense", "")) {
            val refused = assertFailsWith<TransportException.Refused>(url) { transport.send(request(url = url)) }
            assertFalse("example" in refused.message.orEmpty(), "the address is in the message")
        }
    }

    @Test
    fun `a server whose certificate nobody vouches for is refused, and one that speaks no TLS`() {
        val key = File(folder.root, "key.p12")
        val keytool = File(System.getProperty("java.home"), "bin/keytool").path
        val command = listOf(keytool, "-genkeypair", "-alias", "a", "-keyalg", "EC", "-dname", "CN=localhost", "-keystore", key.path, "-storepass", "password")
        assertEquals(0, ProcessBuilder(command).redirectErrorStream(true).start().apply { inputStream.readAllBytes() }.waitFor())
        val keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm())
        keys.init(KeyStore.getInstance("PKCS12").apply { load(key.inputStream(), "password".toCharArray()) }, "password".toCharArray())
        val server = HttpsServer.create(InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0)
        server.httpsConfigurator = HttpsConfigurator(SSLContext.getInstance("TLS").apply { init(keys.keyManagers, null, null) })
        server.createContext("/") { it.sendResponseHeaders(200, -1) }
        server.start()
        assertFailsWith<TransportException.Refused> { transport.send(request(url = "https://127.0.0.1:${server.address.port}/")) }
        server.stop(0)

        thread(isDaemon = true) {
            listening.accept().use {
                it.getInputStream().read()
                it.getOutputStream().write("HTTP/1.1 200 OK\r\n\r\n".toByteArray())
            }
        }
        assertFailsWith<TransportException.Refused> { transport.send(request(url = "https://127.0.0.1:${listening.localPort}/")) }
    }

    @Test
    fun `a token that would begin another header is refused and not shown`() {
        val forged = HttpRequest("POST", "http://127.0.0.1:${listening.localPort}/", listOf(HttpHeader("Authorization", "Bearer a\r\nX: y")), ByteArray(0), 1_000, 10)
        assertFalse("Bearer" in assertFailsWith<TransportException.Refused> { transport.send(forged) }.message.orEmpty())
        assertTrue(heard.isEmpty())
    }
}

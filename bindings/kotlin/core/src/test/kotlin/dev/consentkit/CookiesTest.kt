package dev.consentkit

import kotlinx.coroutines.runBlocking
import okhttp3.HttpUrl.Companion.toHttpUrl
import org.junit.Rule
import java.net.CookieManager
import java.net.HttpURLConnection
import java.net.InetAddress
import java.net.ServerSocket
import java.net.URI
import java.net.URL
import kotlin.concurrent.thread
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertIs
import kotlin.test.assertNull

/** Cookies by what the person allowed: the gate, and the JDK's own handler behind it. */
class CookiesTest {
    @get:Rule
    val phone = Phone()

    private val url = "https://www.shop.example/cart"
    private val catalogue = "Category,Cookie / Data Key name,Wildcard match\nAnalytics,_hj,1\nFunctional,cart,0\n"
    private val options = CookieOptions(catalogue, mapOf("Analytics" to "cookies.analytics", "Functional" to "cookies.necessary"), "kr\nco.kr\nexample\n")

    private fun seen(vararg names: String) = names.map { SeenCookie(it, "web_view") }

    @Test
    fun `a gate follows every tap, also after its Consent was closed`() = runBlocking {
        val consent = phone.open()
        val gate = consent.cookies(options)
        val header = "session_id=1; _ga=2; _hjSession_7=3; _fbp=4; whatever=5"
        assertEquals("session_id=1", gate.request(header))
        consent.answer("cookies.analytics", "cookies.marketing")
        assertEquals(header, gate.request(header))
        consent.withdraw("cookies.marketing")
        assertEquals("session_id=1; _ga=2; _hjSession_7=3", gate.request(header))
        assertNull(gate.request("_fbp=1"))
        consent.close()
        assertEquals("session_id=1", gate.request(header))
        assertEquals(listOf<Reason>(Reason.StoreUnavailable), gate.verdict("_ga").reasons)
    }

    @Test
    fun `a header is judged by its form and by what was said`() = runBlocking {
        val gate = phone.open().cookies(options)
        val passes = assertIs<CookieJudgement.Passes>(gate.judge(url, "session_id=1; Path=/; Secure; SameSite=Lax; Max-Age=60")).cookie
        assertEquals(Cookie("session_id", "1", "www.shop.example", true, "/", true, false, SameSite.LAX, false, NOON + 60_000), passes)
        val withheld = assertIs<CookieJudgement.Withheld>(gate.judge(url, "_ga=1")).verdict
        assertEquals(CookieVerdict("_ga", CookieSource.POLICY, listOf("cookies.analytics"), false, listOf(Reason.NotAnswered)), withheld)
        assertEquals(CookieJudgement.Faulty(CookieFault.PUBLIC_SUFFIX), gate.judge(url, "session_id=1; Domain=example"))
        assertEquals(listOf("session_id=1", "_ga=; Max-Age=0"), gate.response(url, listOf("session_id=1", "_ga=1", "_ga=; Max-Age=0")))
        assertEquals(CookieSource.CATALOGUE, gate.verdict("_hjSession_7").source)
        assertEquals(CookieSource.UNKNOWN, gate.verdict("whatever").source)
    }

    @Test
    fun `ck_11 what went after a withdrawal is recorded`() = runBlocking {
        val consent = phone.open()
        consent.answer("cookies.analytics", "cookies.marketing")
        val gate = consent.cookies()
        consent.withdraw("cookies.marketing")
        val report = gate.scan(seen("session_id", "_ga", "_fbp", "whatever"))
        assertEquals(listOf(3L, 0L, 1L, 2L), listOf(report.namedByPolicy, report.namedByCatalogue, report.unknown, report.withoutConsent))
        val steps = gate.purge(url, seen("session_id", "_ga", "_fbp"))
        assertEquals(listOf("_fbp"), steps.map { it.cookie.name })
        val after = consent.history().last().seq
        consent.cookiesRemoved(steps, emptyList())
        assertEquals(listOf("cookies_removed" to "cookies.marketing"), consent.history(after).map { it.kind to it.purpose })
        consent.cookiesRemoved(emptyList(), emptyList())
        assertEquals(after + 1, consent.history().last().seq, "an empty plan writes nothing")
    }

    @Test
    fun `what cannot be used is told by its field`() = runBlocking {
        val consent = phone.open()
        val gate = consent.cookies()
        suspend fun field(call: suspend () -> Any?) = assertFailsWith<ConsentException.Invalid> { call() }.field
        assertEquals("catalogue", field { consent.cookies(CookieOptions("no table")) })
        assertEquals("categories", field { consent.cookies(CookieOptions(categories = mapOf("Analytics" to "cookies.adverts"))) })
        assertEquals("public_suffixes", field { consent.cookies(CookieOptions(publicSuffixes = "")) })
        assertEquals("url", field { gate.judge("shop.example", "a=b") })
        assertEquals("seen", field { gate.scan(List(10_001) { SeenCookie("a", "http") }) })
        assertEquals("seen[0].name", field { gate.scan(seen("\uD800")) })
    }

    @Test
    fun `no value is told where a cookie is printed`() = runBlocking {
        val judged = phone.open().cookies().judge(url, "session_id=secret")
        assertEquals("Passes(Cookie(name=session_id))", judged.toString())
    }

    @Test
    fun `HttpURLConnection keeps and sends only what is allowed`() = runBlocking {
        val consent = phone.open()
        val handler = GatedCookieHandler(consent.cookies(), CookieManager())
        val sent = mutableListOf<String>()
        ServerSocket(0, 50, InetAddress.getLoopbackAddress()).use { server ->
            val serving = thread {
                repeat(3) {
                    server.accept().use { socket ->
                        val lines = generateSequence(socket.getInputStream().bufferedReader()::readLine).takeWhile { it.isNotEmpty() }.toList()
                        sent += lines.filter { it.startsWith("Cookie:") }.joinToString { it.removePrefix("Cookie: ") }
                        val cookies = listOf("session_id=1", "_ga=2", "_fbp=3").joinToString("") { "Set-Cookie: $it; Path=/\r\n" }
                        socket.getOutputStream().write("HTTP/1.1 200 OK\r\n${cookies}Content-Length: 0\r\nConnection: close\r\n\r\n".toByteArray())
                    }
                }
            }
            val before = java.net.CookieHandler.getDefault()
            java.net.CookieHandler.setDefault(handler)
            try {
                fun visit() = (URL("http://127.0.0.1:${server.localPort}/").openConnection() as HttpURLConnection).responseCode
                visit()
                consent.answer("cookies.analytics", refused = listOf("cookies.marketing"))
                visit()
                visit()
            } finally {
                java.net.CookieHandler.setDefault(before)
            }
            serving.join()
        }
        // The JDK's jar has no order of its own.
        assertEquals(listOf(listOf(""), listOf("session_id=1"), listOf("_ga=2", "session_id=1")), sent.map { it.split("; ").sorted() })
    }

    @Test
    fun `OkHttp keeps and sends only what is allowed`() = runBlocking {
        val consent = phone.open()
        val jar = ConsentCookieJar(consent.cookies(), KeptCookies())
        val address = "http://127.0.0.1/".toHttpUrl()
        fun answered() = listOf("session_id=1", "_ga=2", "_fbp=3").map { okhttp3.Cookie.parse(address, it)!! }
        jar.saveFromResponse(address, answered())
        assertEquals(listOf("session_id"), jar.loadForRequest(address).map { it.name })
        consent.answer("cookies.analytics")
        jar.saveFromResponse(address, answered())
        assertEquals(listOf("session_id", "_ga"), jar.loadForRequest(address).map { it.name })
        consent.withdraw("cookies.analytics")
        assertEquals(listOf("session_id"), jar.loadForRequest(address).map { it.name })
    }

    @Test
    fun `an address that is none sets nothing`() = runBlocking {
        val jar = CookieManager()
        GatedCookieHandler(phone.open().cookies(), jar).put(URI("mailto:a@shop.example"), mapOf(null to listOf("HTTP/1.1 200"), "Set-Cookie" to listOf("session_id=1")))
        assertEquals(emptyList(), jar.cookieStore.cookies)
    }
}

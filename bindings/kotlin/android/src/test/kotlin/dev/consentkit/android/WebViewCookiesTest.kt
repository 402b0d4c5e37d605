package dev.consentkit.android

import android.webkit.CookieManager
import android.webkit.ValueCallback
import android.webkit.WebView
import dev.consentkit.CookieGate
import dev.consentkit.Consent
import dev.consentkit.CookieSource
import kotlinx.coroutines.runBlocking
import org.junit.Rule
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import java.net.CookiePolicy
import java.net.URI
import kotlin.test.Test
import kotlin.test.assertEquals

/** The jar of Android's web views. Robolectric's keeps what is past, so that of the JDK stands behind Android's calls. */
@RunWith(RobolectricTestRunner::class)
class WebViewCookiesTest {
    @get:Rule
    val phone = Phone()

    private val url = "https://www.shop.example/cart"
    private val jar = JdkJar()

    private fun inside() = jar.getCookie(url).orEmpty().split("; ").filter { it.isNotEmpty() }.map { it.substringBefore('=') }.toSortedSet()

    @Test
    fun `ck_11 after a withdrawal every marketing cookie is gone and necessary ones remain`() = runBlocking {
        val consent = phone.launch()
        consent.grant("cookies.analytics", "cookies.marketing")
        val cookies = WebViewCookies(consent, consent.cookies(), jar)
        for (cookie in listOf("session_id=1", "_ga=2", "_fbp=3", "_gcl_au=4; Domain=shop.example", "whatever=5")) jar.setCookie(url, "$cookie; Path=/")
        assertEquals(emptyList(), cookies.purge(url))
        assertEquals(5, inside().size)
        consent.withdraw("cookies.marketing")
        val report = cookies.scan(url)
        assertEquals(listOf(4L, 1L, 3L), listOf(report.namedByPolicy, report.unknown, report.withoutConsent))
        assertEquals(CookieSource.UNKNOWN, report.cookies.single { it.cookie.name == "whatever" }.verdict.source)
        val after = consent.history().last().seq
        assertEquals(setOf("_fbp", "_gcl_au", "whatever"), cookies.purge(url).map { it.cookie.name }.toSet())
        assertEquals(sortedSetOf("_ga", "session_id"), inside())
        assertEquals(1, jar.flushed, "the system writes the jar to disk when it likes, unless it is told")
        assertEquals(listOf("cookies_removed" to "cookies.marketing"), consent.history(after).map { it.kind to it.purpose })
    }

    @Test
    fun `a response of the app's own client is taken as far as it may be set`() = runBlocking {
        val consent = phone.launch()
        consent.grant("cookies.analytics")
        val cookies = WebViewCookies(consent, consent.cookies(), jar)
        cookies.take(url, listOf("session_id=1; Path=/", "_ga=2; Path=/", "_fbp=3; Path=/"))
        assertEquals(sortedSetOf("_ga", "session_id"), inside())
    }
}

/** The JDK's jar by the calls of Android's: a cookie is another one by its name, domain and path, and one that is past is taken out. */
private class JdkJar : CookieManager() {
    private val jar = java.net.CookieManager(null, CookiePolicy.ACCEPT_ALL)
    var flushed = 0

    override fun setCookie(url: String, value: String) = jar.put(URI(url), mapOf("Set-Cookie" to listOf(value)))
    override fun setCookie(url: String, value: String, callback: ValueCallback<Boolean>?) = setCookie(url, value)
    override fun getCookie(url: String): String? = jar.get(URI(url), emptyMap())["Cookie"].orEmpty().joinToString("; ").ifEmpty { null }
    override fun getCookie(url: String, privateBrowsing: Boolean): String? = getCookie(url)
    override fun hasCookies(): Boolean = jar.cookieStore.cookies.isNotEmpty()
    override fun hasCookies(privateBrowsing: Boolean): Boolean = hasCookies()
    override fun removeAllCookie() = removeAllCookies(null)
    override fun removeAllCookies(callback: ValueCallback<Boolean>?) {
        jar.cookieStore.removeAll()
    }

    override fun flush() {
        flushed += 1
    }

    override fun removeSessionCookie() = Unit
    override fun removeSessionCookies(callback: ValueCallback<Boolean>?) = Unit
    override fun removeExpiredCookie() = Unit
    override fun setAcceptCookie(accept: Boolean) = Unit
    override fun acceptCookie(): Boolean = true
    override fun setAcceptThirdPartyCookies(webview: WebView?, accept: Boolean) = Unit
    override fun acceptThirdPartyCookies(webview: WebView?): Boolean = false
    override fun allowFileSchemeCookiesImpl(): Boolean = false
    override fun setAcceptFileSchemeCookiesImpl(accept: Boolean) = Unit
}

/** What docs/cookies.md shows, compiled. */
suspend fun afterAWithdrawal(consent: Consent, gate: CookieGate) {
    val cookies = WebViewCookies(consent, gate)
    cookies.purge("https://www.shop.example/")
}

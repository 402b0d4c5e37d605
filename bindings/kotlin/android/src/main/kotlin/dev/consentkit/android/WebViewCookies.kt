package dev.consentkit.android

import android.webkit.CookieManager
import dev.consentkit.Consent
import dev.consentkit.CookieGate
import dev.consentkit.CookieReport
import dev.consentkit.PurgeStep
import dev.consentkit.SeenCookie
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.withContext

/**
 * The cookies of the app's web views, which share one jar: what is in it, and what has to go after a withdrawal (CK-11).
 *
 * Android tells names and values of one address, and neither domain nor path, and deletes no single cookie. So each that has to go is
 * overwritten by one that is past, for the host and each parent, on every path above the address. Every suspend function leaves the calling
 * thread, since the jar is read from disk the first time.
 *
 * @param jar the web views' jar, `CookieManager.getInstance()`, which loads the web view's code where nothing else has: make this no sooner
 * than the first web view.
 */
public class WebViewCookies @JvmOverloads constructor(
    private val consent: Consent,
    private val gate: CookieGate,
    private val jar: CookieManager = CookieManager.getInstance(),
) {
    /** What the jar has for an address, and whether it may be there. */
    public suspend fun scan(url: String): CookieReport = withContext(Dispatchers.IO) { gate.scan(seen(url)) }

    /**
     * Takes out of the jar what may not be there for an address, writes the jar to disk, records how much went and what is left, and says what
     * had to go. Call it after a withdrawal for each address whose pages the app shows.
     */
    public suspend fun purge(url: String): List<PurgeStep> {
        val (steps, left) = withContext(Dispatchers.IO) {
            val steps = gate.purge(url, seen(url))
            for (header in steps.flatMap { it.headers }) jar.setCookie(url, header)
            if (steps.isNotEmpty()) jar.flush()
            steps to seen(url)
        }
        consent.cookiesRemoved(steps, left)
        return steps
    }

    /**
     * Puts into the jar what a response set that the app fetched by its own HTTP client, where it may be set: so that a web view which the app
     * opens next is signed in.
     */
    public suspend fun take(url: String, setCookieHeaders: List<String>): Unit = withContext(Dispatchers.IO) {
        for (header in gate.response(url, setCookieHeaders)) jar.setCookie(url, header)
    }

    /** Android separates the cookies of an address as a `Cookie` header does. */
    private fun seen(url: String): List<SeenCookie> = jar.getCookie(url).orEmpty().split("; ").filter { it.isNotEmpty() }
        .map { SeenCookie(if ('=' in it) it.substringBefore('=') else "", STORE) }

    private companion object {
        const val STORE = "web_view"
    }
}

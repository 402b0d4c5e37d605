package dev.consentkit

import dev.consentkit.internal.given
import java.net.CookieHandler
import java.net.URI

/**
 * Stands before another [CookieHandler], such as `java.net.CookieManager`, and keeps from it what may not be set and from the server what may
 * not be sent. It serves every `HttpURLConnection` once it is the default:
 * `CookieHandler.setDefault(GatedCookieHandler(gate, CookieManager()))`.
 *
 * A cookie that was allowed when it was set stays behind it until it is purged, and is not sent meanwhile.
 */
public class GatedCookieHandler(private val gate: CookieGate, private val handler: CookieHandler) : CookieHandler() {
    init {
        given("gate", gate)
        given("handler", handler)
    }

    override fun get(uri: URI, requestHeaders: Map<String, List<String>>): Map<String, List<String>> =
        handler.get(uri, requestHeaders).mapValues { (name, headers) -> if (isCookie(name)) headers.mapNotNull(gate::request) else headers }
            .filterValues { it.isNotEmpty() }

    override fun put(uri: URI, responseHeaders: Map<String?, List<String>>): Unit = handler.put(
        uri,
        responseHeaders.filterKeys { it != null }.mapValues { (name, headers) -> if (isSetCookie(name)) kept(uri, headers) else headers },
    )

    /** None, where the address is none that a cookie may come from: in doubt nothing is set. */
    private fun kept(uri: URI, headers: List<String>): List<String> = try {
        gate.response(uri.toASCIIString(), headers)
    } catch (_: ConsentException.Invalid) {
        emptyList()
    }

    private fun isCookie(name: String) = name.equals("Cookie", ignoreCase = true) || name.equals("Cookie2", ignoreCase = true)

    private fun isSetCookie(name: String?) = name.equals("Set-Cookie", ignoreCase = true) || name.equals("Set-Cookie2", ignoreCase = true)
}

/**
 * A gate over a client's own type of cookie, so that this package needs no such client: what OkHttp's `CookieJar` keeps in
 * `saveFromResponse` and sends in `loadForRequest`. The guide to cookies has the jar that an app writes around it.
 *
 * @param name how a cookie is called.
 * @param isPast true for a cookie that deletes instead of setting one.
 */
public class GatedCookies<C>(private val gate: CookieGate, private val name: (C) -> String, private val isPast: (C) -> Boolean) {
    /** The cookies of a response that a jar may keep, and those that delete one. */
    public fun kept(cookies: List<C>): List<C> = cookies.filter { isPast(it) || allows(it) }

    /** The cookies of a jar that may be sent. */
    public fun sent(cookies: List<C>): List<C> = cookies.filter(::allows)

    private fun allows(cookie: C) = gate.verdict(name(cookie)).allowed
}

package dev.consentkit

import okhttp3.Cookie
import okhttp3.CookieJar
import okhttp3.HttpUrl
import java.net.CookieHandler
import java.net.CookieManager

// What docs/cookies.md shows, compiled; CookiesTest runs the jar. `cargo test --test snippets` compares the two.

class ConsentCookieJar(gate: CookieGate, private val jar: CookieJar) : CookieJar {
    private val gated = GatedCookies<Cookie>(gate, { it.name }, { it.expiresAt <= System.currentTimeMillis() })
    override fun saveFromResponse(url: HttpUrl, cookies: List<Cookie>) = jar.saveFromResponse(url, gated.kept(cookies))
    override fun loadForRequest(url: HttpUrl): List<Cookie> = gated.sent(jar.loadForRequest(url))
}

/** A jar of OkHttp's that keeps everything. */
class KeptCookies : CookieJar {
    private val kept = mutableListOf<Cookie>()

    override fun saveFromResponse(url: HttpUrl, cookies: List<Cookie>) {
        kept.removeAll { old -> cookies.any { it.name == old.name } }
        kept += cookies
    }

    override fun loadForRequest(url: HttpUrl): List<Cookie> = kept.toList()
}

suspend fun makeAGate(consent: Consent, suffixes: String) {
    val gate = consent.cookies(CookieOptions(publicSuffixes = suffixes))
    check(gate.request("session_id=1; _ga=2") == "session_id=1")

    CookieHandler.setDefault(GatedCookieHandler(gate, CookieManager()))
}

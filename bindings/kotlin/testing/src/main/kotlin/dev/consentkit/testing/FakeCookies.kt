package dev.consentkit.testing

import dev.consentkit.Cookie
import dev.consentkit.CookieFault
import dev.consentkit.CookieGate
import dev.consentkit.CookieJudgement
import dev.consentkit.CookieReport
import dev.consentkit.CookieSource
import dev.consentkit.CookieVerdict
import dev.consentkit.Decision
import dev.consentkit.PurgeStep
import dev.consentkit.Reason
import dev.consentkit.SameSite
import dev.consentkit.ScannedCookie
import dev.consentkit.SeenCookie
import java.util.Collections

private const val MAX_SEEN = 10_000

/**
 * The gate of a fake. It knows the names of the policy and treats every other one as marketing, also one that only the app's catalogue names;
 * of a header it reads the name, the value and whether `Max-Age` deletes the cookie, and finds no fault of form but that it has no name.
 */
internal class FakeCookieGate(private val policy: () -> PolicyDocument, private val decide: (String) -> Decision, private val now: () -> Long) : CookieGate {
    override fun verdict(name: String): CookieVerdict {
        val policy = policy()
        val owner = policy.ownerOfCookie(text("name", name))
        val purposes = owner?.let { listOf(it) } ?: policy.purposesOfUnknownCookies
        val reasons = if (purposes.isEmpty()) listOf(Reason.UnknownPurpose) else purposes.flatMap { decide(it.id).reasons }.distinct()
        val source = if (owner == null) CookieSource.UNKNOWN else CookieSource.POLICY
        return CookieVerdict(name, source, frozen(purposes.map { it.id }), reasons.isEmpty(), frozen(reasons))
    }

    override fun request(header: String): String? = text("header", header).split(';').map { it.trim(' ', '\t') }
        .filter { it.isNotEmpty() && verdict(it.substringBefore('=', "").trim(' ', '\t')).allowed }
        .joinToString("; ").ifEmpty { null }

    override fun judge(url: String, header: String): CookieJudgement {
        val host = hostOf(url)
        val parts = text("header", header).split(';').map { it.trim(' ', '\t') }
        val name = parts.first().substringBefore('=', "").trim(' ', '\t')
        val value = parts.first().substringAfter('=').trim(' ', '\t')
        if (name.isEmpty() && value.isEmpty()) return CookieJudgement.Faulty(CookieFault.EMPTY)
        fun has(attribute: String) = parts.drop(1).any { it.substringBefore('=').trim().equals(attribute, ignoreCase = true) }
        val age = parts.drop(1).lastOrNull { it.startsWith("Max-Age=", ignoreCase = true) }?.substringAfter('=')?.trim()?.toLongOrNull()
        val expiresAt = age?.let { if (it <= 0) 0 else now() + it * 1_000 }
        val cookie = Cookie(name, value, host, true, "/", has("Secure"), has("HttpOnly"), SameSite.UNSET, has("Partitioned"), expiresAt)
        val verdict = verdict(name)
        return if (verdict.allowed || expiresAt == 0L) CookieJudgement.Passes(cookie) else CookieJudgement.Withheld(verdict)
    }

    override fun response(url: String, headers: List<String>): List<String> =
        frozen(headers.filter { judge(url, it) is CookieJudgement.Passes }).also { hostOf(url) }

    override fun scan(seen: List<SeenCookie>): CookieReport {
        checkSeen("seen", seen)
        val scanned = seen.map { ScannedCookie(it, verdict(it.name)) }
        fun named(source: CookieSource) = scanned.count { it.verdict.source == source }.toLong()
        val withoutConsent = scanned.count { !it.verdict.allowed }.toLong()
        return CookieReport(frozen(scanned), named(CookieSource.POLICY), 0, named(CookieSource.UNKNOWN), withoutConsent)
    }

    override fun purge(url: String, seen: List<SeenCookie>): List<PurgeStep> {
        checkSeen("seen", seen)
        hostOf(url)
        return frozen(scan(seen).cookies.filter { !it.verdict.allowed }.map { PurgeStep(it.cookie, frozen(listOf("${it.cookie.name}=; Max-Age=0; Path=/")), it.verdict.purposes) })
    }

    private fun hostOf(url: String): String {
        val known = Regex("(?i)(?:https?|wss?)://(?:[^/?#@]*@)?([a-z0-9._-]+)(?::[0-9]*)?(?:[/?#].*)?").matchEntire(text("url", url))
        return known?.groupValues?.get(1)?.lowercase() ?: refuse("url", "is no web address; give one that begins with https:// or http://")
    }
}

internal fun checkSeen(field: String, seen: List<*>) {
    if (seen.size > MAX_SEEN) refuse(field, "has ${seen.size} cookies; give at most $MAX_SEEN in one call")
}

/** The purpose that names a cookie: the exact name before the longest beginning (CK-8). */
internal fun PolicyDocument.ownerOfCookie(name: String): Purpose? {
    val exact = purposes.find { name in it.cookies }
    val beginnings = purposes.flatMap { purpose -> purpose.cookies.filter { it.endsWith('*') && name.startsWith(it.dropLast(1)) }.map { it to purpose } }
    return exact ?: beginnings.maxByOrNull { (pattern, _) -> pattern.length }?.second
}

/** What a cookie needs that nobody names: the marketing cookies' purposes, or else all that ask for consent to cookies (CK-8). */
internal val PolicyDocument.purposesOfUnknownCookies: List<Purpose>
    get() {
        val asked = purposes.filter { it.cookies.isNotEmpty() && it.mayBeAnswered }
        val marketing = asked.filter { it.channel != null || it.id.startsWith("marketing.") || it.sharesForAdvertising || it.google.any { type -> type != "analytics_storage" } }
        return marketing.ifEmpty { asked }
    }

private fun <T> frozen(list: List<T>): List<T> = Collections.unmodifiableList(list)

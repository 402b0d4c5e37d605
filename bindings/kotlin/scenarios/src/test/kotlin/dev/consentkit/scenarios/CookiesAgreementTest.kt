package dev.consentkit.scenarios

import dev.consentkit.Consent
import dev.consentkit.SeenCookie
import dev.consentkit.Signals
import dev.consentkit.testing.FakeConsent
import dev.consentkit.testing.TestClock
import kotlinx.coroutines.runBlocking
import org.junit.Rule
import org.junit.Test
import org.junit.rules.TemporaryFolder
import kotlin.test.assertEquals

/** The gate of the fake beside the library's, over the names of the policy. */
class CookiesAgreementTest {
    @get:Rule
    val folder = TemporaryFolder()

    private val names = listOf("session_id", "_ga", "_ga_ABC123", "_gat", "_fbp", "_gcl_au", "wcs_bt", "SESSION_ID", "whatever", "")
    private val url = "https://www.shop.example/cart"

    @Test
    fun `ck_8 the fake judges the names of the policy as the library does`() = runBlocking {
        val clock = TestClock()
        val fake = FakeConsent(Surroundings.policy, clock = clock)
        val real = Consent.options(folder.root.resolve("consent.db").path, Surroundings.policy).clock(clock).openBlocking()
        val (faked, native) = fake.cookies() to real.cookies()
        suspend fun Consent.say(grant: List<String>, refuse: List<String> = emptyList()) {
            record(questions("settings").shown) {
                grant.forEach { grant(it) }
                refuse.forEach { refuse(it) }
            }
        }
        val said = listOf<suspend (Consent) -> Unit>(
            { },
            { it.say(listOf("cookies.analytics"), listOf("cookies.marketing")) },
            { it.say(listOf("cookies.marketing")) },
            { it.reportSignals(Signals(gpc = true)) },
            { it.withdraw("cookies.marketing") },
        )
        said.forEachIndexed { step, say ->
            say(fake)
            say(real)
            for (name in names) assertEquals(native.verdict(name), faked.verdict(name), "$name after step $step")
            val header = names.joinToString("; ") { "$it=1" }
            assertEquals(native.request(header), faked.request(header), "step $step")
            val headers = names.dropLast(1).flatMap { listOf("$it=1; Path=/", "$it=; Max-Age=0") }
            assertEquals(native.response(url, headers), faked.response(url, headers), "step $step")
        }
        val seen = names.map { SeenCookie(it, "web_view") }
        assertEquals(native.scan(seen), faked.scan(seen))
        val (wanted, steps) = native.purge(url, seen) to faked.purge(url, seen)
        assertEquals(wanted.map { it.cookie to it.purposes }, steps.map { it.cookie to it.purposes })
        real.cookiesRemoved(wanted, emptyList())
        fake.cookiesRemoved(steps, emptyList())
        val (last, expected) = fake.history().last() to real.history().last()
        assertEquals(listOf(expected.seq, expected.kind, expected.purpose), listOf(last.seq, last.kind, last.purpose))
        real.close()
        fake.close()
        for (name in names) assertEquals(native.verdict(name), faked.verdict(name), "$name after closing")
    }
}

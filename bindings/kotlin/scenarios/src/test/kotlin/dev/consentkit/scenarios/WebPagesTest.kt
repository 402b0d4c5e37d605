package dev.consentkit.scenarios

import dev.consentkit.ChoiceKind
import dev.consentkit.Consent
import dev.consentkit.ConsentException
import dev.consentkit.WebAnswer
import dev.consentkit.WebOutcome
import dev.consentkit.WebPages
import dev.consentkit.WebRefusal
import dev.consentkit.testing.FakeConsent
import dev.consentkit.testing.TestClock
import kotlinx.coroutines.runBlocking
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive
import org.junit.Rule
import org.junit.rules.TemporaryFolder
import kotlin.test.Test
import kotlin.test.assertContains
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertFalse
import kotlin.test.assertIs
import kotlin.test.assertTrue

private const val SHOP = "https://shop.example"
private const val ANALYTICS = "cookies.analytics"

/** The pages of a web view, on the library and on the fake: what one answers, the other does. */
class WebPagesTest {
    @get:Rule
    val folder = TemporaryFolder()

    private fun onBoth(test: suspend (Consent) -> Unit) = runBlocking {
        val clock = TestClock()
        Consent.options(folder.root.resolve("consent.db").path, Surroundings.policy).clock(clock).openBlocking().use { test(it) }
        test(FakeConsent(Surroundings.policy, clock = clock))
    }

    @Test
    fun `a page asks and records, and others are not heard`() = onBoth { consent ->
        val pages = consent.webPages(SHOP)
        val nonce = Regex("\"([0-9a-f]{32})\"").find(pages.handOff().script)!!.groupValues[1]
        var sent = 0
        fun message(rest: String) = """{"nonce":"$nonce","id":"${++sent}",$rest}"""
        suspend fun WebPages.heard(message: String) = hear(message, SHOP, mainFrame = true)
        fun refused(refusal: WebRefusal) = WebAnswer(WebOutcome.Refused(refusal), null)

        val ask = message(""""kind":"ask","surface":"settings"""")
        assertEquals(refused(WebRefusal.ORIGIN), pages.hear(ask, "https://evil.example", mainFrame = true))
        assertEquals(refused(WebRefusal.FRAME), pages.hear(ask, SHOP, mainFrame = false))
        val asked = pages.heard(ask)
        assertEquals(WebOutcome.Asked, asked.outcome)
        assertEquals(refused(WebRefusal.REPEATED), pages.heard(ask))
        for (nothing in listOf("\ud800", message(""""kind":"ask","surface":"settings","actor":"guardian""""))) {
            assertEquals(refused(WebRefusal.MALFORMED), pages.heard(nothing), nothing)
        }
        assertEquals(refused(WebRefusal.TOO_LARGE), pages.heard("x".repeat(20_000)))
        assertEquals(refused(WebRefusal.NONCE), pages.heard(ask.replace(nonce, "0")))

        val shown = Json.parseToJsonElement(asked.reply!!).jsonObject.getValue("form").jsonObject.getValue("shown").jsonPrimitive.content
        val recorded = pages.heard(message(""""kind":"record","shown":"$shown","answers":{"$ANALYTICS":true}"""))
        assertEquals(listOf(ChoiceKind.GRANTED), assertIs<WebOutcome.Recorded>(recorded.outcome).receipt.items.map { it.choice })
        assertTrue(consent.allows(ANALYTICS))
        assertContains(pages.handOff().script, ANALYTICS)
        assertFalse("$recorded ${pages.handOff()}".contains(nonce), "neither prints the nonce")

        val unknown = pages.heard(message(""""kind":"closed","shown":"another""""))
        assertEquals(WebOutcome.Refused(WebRefusal.UNKNOWN_FORM), unknown.outcome)
        assertContains(unknown.reply!!, "unknown_form")
        assertIs<WebOutcome.Failed>(pages.heard(message(""""kind":"withdraw","purposes":["no.such.purpose"]""")).outcome)
    }

    @Test
    fun `an origin that cannot be one is named`() = onBoth { consent ->
        assertEquals("origins", assertFailsWith<ConsentException.Invalid> { consent.webPages() }.field)
        assertEquals("origins[1]", assertFailsWith<ConsentException.Invalid> { consent.webPages(SHOP, "shop.example") }.field)
    }
}

package dev.consentkit.smoke

import dev.consentkit.internal.Actor
import dev.consentkit.internal.AdIdAnswer
import dev.consentkit.internal.AdvertisingId
import dev.consentkit.internal.AdvertisingIdSource
import dev.consentkit.internal.Answer
import dev.consentkit.internal.ChoiceKind
import dev.consentkit.internal.ConsentCore
import dev.consentkit.internal.ConsentException
import dev.consentkit.internal.ConsentObserver
import dev.consentkit.internal.ConsentOptions
import dev.consentkit.internal.ConsentSnapshot
import dev.consentkit.internal.HostServices
import dev.consentkit.internal.HttpRequest
import dev.consentkit.internal.HttpResponse
import dev.consentkit.internal.HttpTransport
import dev.consentkit.internal.Method
import dev.consentkit.internal.Platform
import dev.consentkit.internal.Reason
import dev.consentkit.internal.Receipt
import dev.consentkit.internal.Status
import dev.consentkit.internal.SyncState
import dev.consentkit.internal.TransportException
import dev.consentkit.internal.Trouble
import dev.consentkit.internal.policyFaults
import dev.consentkit.internal.reasonCode
import dev.consentkit.internal.reasonText
import org.junit.Rule
import org.junit.rules.TemporaryFolder
import java.io.File
import kotlin.test.Test
import kotlin.test.assertContains
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertFalse
import kotlin.test.assertIs
import kotlin.test.assertTrue

/** The generated Kotlin reaches the core, and the core reaches back: what the hand-written package will stand on. */
class SmokeTest {
    @get:Rule
    val folder = TemporaryFolder()

    private val policy = File(System.getProperty("consentkit.policy")).readText()

    private fun open(host: HostServices = HostServices(), server: String? = null, policy: String = this.policy) = ConsentCore.open(
        ConsentOptions(
            path = File(folder.root, "consent.db").path,
            policy = policy,
            platform = Platform.DESKTOP,
            language = "ko",
            server = server,
        ),
        host,
    )

    private fun answer(purpose: String, choice: ChoiceKind) = Answer(purpose, choice, Method.TOGGLE, Actor.PERSON)

    private fun ConsentCore.answerMarketing(): Receipt = record(
        questions("settings").shown,
        listOf(
            answer("marketing.data_use", ChoiceKind.GRANTED),
            answer("marketing.email", ChoiceKind.GRANTED),
            answer("marketing.sms", ChoiceKind.REFUSED),
        ),
    )

    @Test
    fun `a grant and a refusal are recorded, explained and kept`() {
        open().use { core ->
            assertFalse(core.allows("marketing.email"))
            assertEquals(listOf<Reason>(Reason.NotAnswered), core.explain("marketing.data_use").reasons)
            val form = core.questions("settings")
            assertTrue(form.due)
            assertEquals("ko", form.language)
            assertTrue(form.questions.any { it.purpose == "marketing.email" && it.notice.title.any { letter -> letter in '가'..'힣' } })

            val receipt = core.answerMarketing()
            assertEquals(3, receipt.pending)
            assertEquals(ChoiceKind.REFUSED, receipt.items.single { it.purpose == "marketing.sms" }.choice)
            assertTrue(core.allows("marketing.email"))
            assertFalse(core.allows("marketing.sms"))

            core.withdraw(listOf("marketing.data_use"))
            val decision = core.explain("marketing.email")
            assertFalse(decision.allowed)
            assertEquals(listOf<Reason>(Reason.Requires("marketing.data_use")), decision.reasons)
            assertEquals("requires:marketing.data_use", reasonCode(decision.reasons.single()))
            assertTrue(reasonText(decision.reasons.single(), "ko") != reasonText(decision.reasons.single(), "en"))
            assertEquals(Status.REFUSED, core.snapshot().answers.single { it.purpose == "marketing.sms" }.status)
            assertTrue(core.verify().ok)
            core.shutdown()
        }
        open().use { core ->
            assertEquals(Status.WITHDRAWN, core.snapshot().answers.single { it.purpose == "marketing.data_use" }.status)
            assertEquals(4, core.pending().size)
        }
    }

    @Test
    fun `bad input throws an exception that names the field`() {
        open().use { core ->
            assertEquals("surface", assertFailsWith<ConsentException.Invalid> { core.questions("no such form") }.field)
            assertFailsWith<ConsentException.ShownRefused> { core.record("forged", listOf(answer("marketing.email", ChoiceKind.GRANTED))) }
            assertEquals("limit", assertFailsWith<ConsentException.Invalid> { core.history(0, -1) }.field)
            val twice = listOf(answer("marketing.sms", ChoiceKind.REFUSED), answer("marketing.sms", ChoiceKind.GRANTED))
            assertContains(assertFailsWith<ConsentException.Invalid> { core.record(core.questions("settings").shown, twice) }.field, "answers")
            assertEquals(emptyList(), core.pending())
        }
        assertTrue(policyFaults("{").isNotEmpty())
        assertEquals(emptyList(), policyFaults(policy))
        File(folder.root, "consent.db").delete()
        assertTrue(assertFailsWith<ConsentException.PolicyInvalid> { open(policy = "{}") }.faults.isNotEmpty())
    }

    @Test
    fun `an observer hears each change, may call back, and is let go`() {
        open().use { core ->
            val heard = mutableListOf<ConsentSnapshot>()
            val allowed = mutableListOf<Boolean>()
            val subscription = core.subscribe(object : ConsentObserver {
                override fun changed(snapshot: ConsentSnapshot) {
                    heard += snapshot
                    allowed += core.allows("marketing.email")
                }
            })
            core.answerMarketing()
            assertTrue(heard.isNotEmpty())
            assertTrue(heard.last().answers.single { it.purpose == "marketing.email" }.allowed)
            assertTrue(allowed.last())
            assertEquals(3, heard.last().pending)

            subscription.cancel()
            val before = heard.size
            core.withdraw(listOf("marketing.email"))
            assertEquals(before, heard.size)
        }
    }

    @Test
    fun `an observer that throws harms nobody`() {
        open().use { core ->
            val subscription = core.subscribe(object : ConsentObserver {
                override fun changed(snapshot: ConsentSnapshot): Unit = throw IllegalStateException("host code")
            })
            assertEquals(3, core.answerMarketing().pending)
            assertTrue(core.allows("marketing.email"))
            subscription.cancel()
        }
    }

    @Test
    fun `the host's transport carries requests, and its typed failure keeps the change`() {
        val sent = mutableListOf<HttpRequest>()
        val transport = object : HttpTransport {
            override fun send(request: HttpRequest): HttpResponse {
                sent += request
                throw TransportException.TimedOut()
            }
        }
        open(HostServices(transport = transport), server = "https://consent.example").use { core ->
            assertEquals(SyncState.QUIET, core.sync(1_000).state)
            assertTrue(sent.isEmpty(), "nothing is sent before the first answer")
            core.record(core.questions("settings").shown, listOf(answer("cookies.analytics", ChoiceKind.GRANTED)))
            val report = core.sync(1_000)
            assertTrue(sent.isNotEmpty())
            assertTrue(sent.first().url.startsWith("https://consent.example/"))
            assertEquals(SyncState.WAITING, report.state)
            assertEquals(listOf<Trouble>(Trouble.Offline), report.troubles)
            assertEquals(1, core.pending().count { it.purpose == "cookies.analytics" })
        }
    }

    @Test
    fun `the advertising id is not read without a grant`() {
        var asked = 0
        val source = object : AdvertisingIdSource {
            override fun advertisingId(): AdIdAnswer {
                asked += 1
                return AdIdAnswer.Id("38400000-8cf0-11bd-b23e-10b96e40000d", false)
            }
        }
        open(HostServices(advertisingId = source)).use { core ->
            assertIs<AdvertisingId.Refused>(core.advertisingId("ad_id.measurement"))
            assertEquals(0, asked)
        }
    }

    @Test
    fun `after shutdown nothing is allowed and every call says why`() {
        open().use { core ->
            core.answerMarketing()
            core.shutdown()
            assertFalse(core.allows("marketing.email"))
            assertFalse(core.snapshot().available)
            assertFailsWith<ConsentException.ShutDown> { core.questions("settings") }
            assertFailsWith<ConsentException.ShutDown> { core.withdraw(listOf("marketing.email")) }
        }
    }
}

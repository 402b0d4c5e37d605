package dev.consentkit

import org.junit.Rule
import java.util.concurrent.CountDownLatch
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertIs
import kotlin.test.assertTrue

/** The app's own code behind the library: it may hang, throw, answer late, answer nonsense or call back. */
class ProvidersTest {
    @get:Rule
    val phone = Phone()

    @Suppress("UNCHECKED_CAST")
    private fun <T> nothing(): T = null as T

    private fun refusal(source: AdvertisingIdSource): List<Reason> {
        val consent = phone.open("${counter++}.db") {
            platform = Platform.ANDROID
            advertisingId = source
            advertisingIdTimeoutMillis = 200
        }
        consent.answer("ad_id.measurement")
        return assertIs<AdvertisingId.Refused>(consent.advertisingIdBlocking("ad_id.measurement")).reasons
    }

    private var counter = 0

    private val failed = listOf<Reason>(Reason.AdIdUnavailable(AdvertisingIdUnavailable.FAILED))

    @Test
    fun `a source that throws, errors among it, or answers nonsense is a refusal`() {
        assertEquals(failed, refusal { throw IllegalStateException("kim@example.com") })
        assertEquals(failed, refusal { throw StackOverflowError() })
        assertEquals(failed, refusal { nothing() })
        assertEquals(failed, refusal { AdvertisingIdAnswer.Id(nothing(), false) })
        assertEquals(failed, refusal { AdvertisingIdAnswer.Id("\uD800", false) })
        assertEquals(failed, refusal { AdvertisingIdAnswer.Id("x".repeat(1_000_000), false) })
    }

    @Test
    fun `a source that hangs is given up, and answers again when it can`() {
        val id = "38400000-8cf0-11bd-b23e-10b96e40000d"
        var hangs = true
        val never = CountDownLatch(1)
        val consent = phone.open {
            platform = Platform.ANDROID
            advertisingIdTimeoutMillis = 200
            advertisingId = AdvertisingIdSource {
                if (hangs) never.await()
                AdvertisingIdAnswer.Id(id, false)
            }
        }
        consent.answer("ad_id.measurement")
        val refused = assertIs<AdvertisingId.Refused>(consent.advertisingIdBlocking("ad_id.measurement"))
        assertEquals(listOf<Reason>(Reason.AdIdUnavailable(AdvertisingIdUnavailable.TIMED_OUT)), refused.reasons)
        hangs = false
        assertEquals(id, assertIs<AdvertisingId.Available>(consent.advertisingIdBlocking("ad_id.measurement")).id)
    }

    @Test
    fun `a source that calls back is answered`() {
        lateinit var consent: Consent
        var inside: Receipt? = null
        consent = phone.open {
            platform = Platform.ANDROID
            advertisingId = AdvertisingIdSource {
                inside = consent.withdrawBlocking("ad_id.measurement")
                AdvertisingIdAnswer.Id("38400000-8cf0-11bd-b23e-10b96e40000d", false)
            }
        }
        consent.answer("ad_id.measurement")
        val refused = assertIs<AdvertisingId.Refused>(consent.advertisingIdBlocking("ad_id.measurement"), "it was withdrawn meanwhile")
        assertEquals(listOf<Reason>(Reason.Withdrawn), refused.reasons)
        assertEquals(1, inside?.items?.size)
    }

    @Test
    fun `a transport that throws, errors among it, or answers nothing keeps the change`() {
        val answers = listOf<HttpTransport>(
            HttpTransport { throw IllegalStateException("kim@example.com") },
            HttpTransport { throw OutOfMemoryError() },
            HttpTransport { nothing() },
            HttpTransport { throw TransportException.TimedOut() },
            HttpTransport { throw TransportException.Unreachable("x") },
            HttpTransport { throw TransportException.Refused("x") },
            HttpTransport { HttpResponse(200, listOf(HttpHeader("a", "\uDC00")), ByteArray(0)) },
        )
        for (transport in answers) {
            val consent = phone.open("${counter++}.db") {
                server = "https://consent.example"
                this.transport = transport
            }
            assertEquals(SyncState.QUIET, consent.syncBlocking(1_000).state, "nothing is sent before the first answer")
            consent.answer("cookies.analytics")
            val report = consent.syncBlocking(1_000)
            assertEquals(SyncState.WAITING, report.state)
            assertEquals(listOf<Trouble>(Trouble.Offline), report.troubles)
            assertEquals(1, consent.pendingBlocking().count { it.purpose == "cookies.analytics" })
        }
    }

    @Test
    fun `an answer larger than asked for is not handed on, and a nonsensical one is trouble`() {
        val huge = phone.open("huge.db") {
            server = "https://consent.example"
            transport = HttpTransport { HttpResponse(200, emptyList(), ByteArray(it.maxResponseBytes.toInt() + 1)) }
        }
        huge.answer("cookies.analytics")
        assertEquals(listOf<Trouble>(Trouble.AnswerTooLarge), huge.syncBlocking(1_000).troubles)
        val odd = phone.open("odd.db") {
            server = "https://consent.example"
            transport = HttpTransport { HttpResponse(Int.MAX_VALUE, emptyList(), ByteArray(0)) }
        }
        odd.answer("cookies.analytics")
        assertEquals(SyncState.WAITING, odd.syncBlocking(1_000).state)
    }

    @Test
    fun `a clock that throws is the system's, for readers as well`() {
        val consent = phone.open { clock = ConsentClock { throw IllegalStateException("host code") } }
        consent.answer("marketing.data_use", "marketing.sms")
        val before = System.currentTimeMillis()
        consent.explain("marketing.sms")
        assertTrue(consent.withdrawBlocking("marketing.sms").at >= before)
    }

    @Test
    fun `the log is told names and codes, and may throw`() {
        val told = mutableListOf<String>()
        val consent = phone.open {
            platform = Platform.ANDROID
            log = ConsentLog { event ->
                told += (listOf(event.name) + event.codes).joinToString(" ")
                throw IllegalStateException("host code")
            }
        }
        consent.answer("ad_id.measurement")
        consent.signInBlocking("acct_81")
        consent.advertisingIdBlocking("ad_id.measurement")
        runCatching { consent.signInBlocking("kim@example.com") }
        consent.close()
        val expected = listOf("opened", "recorded", "signed_in", "advertising_id_refused ad_id_unavailable:no_provider", "failed invalid", "closed")
        assertEquals(expected, told)
        assertFalse(told.any { "acct_81" in it || "example" in it })
    }

    @Test
    fun `f_51 no line of the log carries a purpose, a subject or an id, whatever the reasons are`() {
        val told = java.util.concurrent.ConcurrentLinkedQueue<String>()
        val purposes = Regex("\"id\": \"([a-z_]+(?:\\.[a-z_]+)*)\"").findAll(POLICY).map { it.groupValues[1] }.filter { '.' in it }.toList()
        assertTrue("ad_id.link_account" in purposes)
        val id = "38400000-8cf0-11bd-b23e-10b96e40000d"
        val consent = phone.open {
            platform = Platform.ANDROID
            server = "https://consent.example"
            transport = HttpTransport { HttpResponse(404, emptyList(), ByteArray(0)) }
            advertisingId = AdvertisingIdSource { AdvertisingIdAnswer.Id(id, limited = false) }
            log = ConsentLog { told += (listOf(it.name) + it.codes).joinToString(" ") }
        }
        consent.signInBlocking("acct_81")
        for (purpose in purposes) {
            runCatching { consent.advertisingIdBlocking(purpose) }
            runCatching { consent.answer(purpose) }
            runCatching { consent.advertisingIdBlocking(purpose) }
            runCatching { consent.withdrawBlocking(purpose, purpose) }
        }
        consent.withdrawBlocking("ad_id.measurement")
        for (purpose in purposes) runCatching { consent.advertisingIdBlocking(purpose) }
        runCatching { consent.recordBlocking(Shown("acct_81"), Answers().grant("acct_81")) }
        runCatching { consent.adoptPolicyBlocking("acct_81") }
        consent.signOutBlocking(1_000)
        consent.close()
        val lines = told.joinToString("\n")
        for (secret in purposes + listOf("acct_81", id)) assertFalse(secret in lines, "$secret in\n$lines")
        assertTrue(told.any { it.startsWith("advertising_id_refused") && "requires" in it }, lines)
    }
}

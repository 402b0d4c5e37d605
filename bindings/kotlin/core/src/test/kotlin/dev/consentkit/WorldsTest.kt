package dev.consentkit

import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import org.junit.Rule
import java.util.Locale
import java.util.TimeZone
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertTrue
import kotlin.time.Duration.Companion.seconds

/** Phones unlike the one on the desk: another language, another zone, a policy of the largest size, screens that close at every moment. */
class WorldsTest {
    @get:Rule
    val phone = Phone()

    /** Everything a person and a log could see of a short life; the zone and the phone's language change in its middle. */
    private fun life(name: String, zone: String, language: Locale): List<Any?> {
        val clock = FakeClock(NOON)
        val told = mutableListOf<String>()
        val consent = phone.open(name) {
            this.clock = clock
            platform = Platform.ANDROID
            log = ConsentLog { told += "${it.name} ${it.codes}" }
        }
        val receipt = consent.answer("marketing.data_use", "marketing.sms", refused = listOf("cookies.marketing"))
        TimeZone.setDefault(TimeZone.getTimeZone(zone))
        Locale.setDefault(language)
        clock.now += 10 * 3_600_000
        val night = consent.explain("marketing.sms").reasons.map { it.code }
        val invalid = runCatching { consent.historyBlocking(0, 100_000) }.exceptionOrNull()?.message
        consent.advertisingIdBlocking("ad_id.measurement")
        consent.reportSignalsBlocking(Signals(age = AgeBand.BELOW, guardian = Guardian.NOT_VERIFIED))
        val codes = consent.snapshot.answers.flatMap { answer -> answer.reasons.map { it.code } + answer.status.code }
        val texts = Reason.Night.text("tr") + Reason.Night.text("ko")
        return listOf(receipt.items.map { it.purpose to it.choice }, night, invalid, codes, texts, consent.snapshot.toJson(), told, consent.verifyBlocking().ok)
    }

    @Test
    fun `a phone of any language, whose zone and language change while the app runs, decides and says the same`() {
        val (locale, zone) = Locale.getDefault() to TimeZone.getDefault()
        try {
            val usual = life("usual.db", "Asia/Seoul", locale)
            val languages = listOf("tr-TR", "ar-EG-u-nu-arab", "fa-IR", "th-TH-u-ca-buddhist-nu-thai", "az-AZ").map(Locale::forLanguageTag)
            for ((at, language) in languages.withIndex()) {
                Locale.setDefault(language)
                TimeZone.setDefault(zone)
                assertEquals(usual, life("$at.db", "Pacific/Kiritimati", languages[(at + 1) % languages.size]), "$language")
            }
        } finally {
            Locale.setDefault(locale)
            TimeZone.setDefault(zone)
        }
    }

    @Test
    fun `quiet hours follow the clocks of the zone that a policy names, and last all day where the system does not know it`() {
        // The clocks of Berlin were put forward in the night to 2026-03-29: from then on 20:45 UTC is 22:45 there.
        val (before, after) = 1_774_730_700_000 to 1_774_817_100_000
        fun reasons(zone: String, at: Long): List<Reason> {
            val policy = """
                {"id": "zoned", "version": "1", "languages": ["en"], "night": {"from": "22:00", "until": "07:00", "zone": "$zone"},
                 "purposes": [{"id": "offers.sms", "title": {"en": "Offers"}, "channel": "sms", "scope": "person"}]}
            """
            val consent = phone.open("${zone.hashCode()}$at.db", policy) { clock = FakeClock(at) }
            consent.recordBlocking(consent.questionsBlocking("any_form").shown, Answers().grant("offers.sms"))
            return consent.explain("offers.sms").reasons
        }
        assertEquals(emptyList(), reasons("Europe/Berlin", before))
        assertEquals(listOf<Reason>(Reason.Night), reasons("Europe/Berlin", after))
        assertEquals(listOf<Reason>(Reason.ZoneUnknown), reasons("Europe/Nowhere", before))
        assertEquals("zone_unknown", Reason.ZoneUnknown.code)
    }

    @Test
    fun `a grant that has run out counts again where the clock is set back, and so does what requires it`() {
        val clock = FakeClock(NOON)
        val policy = """
            {"id": "back", "version": "1", "languages": ["en"], "purposes": [
              {"id": "maps", "title": {"en": "Maps"}, "expires_after_days": 1}, {"id": "routes", "title": {"en": "Routes"}, "requires": ["maps"]}]}
        """
        val consent = phone.open(policy = policy) { this.clock = clock }
        consent.recordBlocking(consent.questionsBlocking("any_form").shown, Answers().grant("maps").grant("routes"))
        val handles = listOf("maps", "routes").map(consent::purpose)
        for ((days, allowed) in listOf(2 to false, 0 to true, 3 to false, 0 to true)) {
            clock.now = NOON + days * 86_400_000L
            assertEquals(listOf(allowed, allowed), handles.map { it.allows() }, "day $days")
            assertEquals(listOf(allowed, allowed), listOf("routes", "maps").map { consent.explain(it).allowed }, "day $days")
        }
        clock.now = NOON + 2 * 86_400_000L
        assertFalse(consent.snapshot.allows("maps"))
        clock.now = NOON
        assertTrue(consent.snapshot.allows("maps"))
    }

    @Test
    fun `a policy of two hundred purposes is asked, answered and read like a small one`() {
        val one = POLICY.substring(POLICY.indexOf("    {\n      \"id\": \"cookies.analytics\""), POLICY.indexOf("    {\n      \"id\": \"cookies.marketing\""))
        val bare = one.replace(Regex(" *\"cookies\": .*\n"), "").replace(Regex(" *\"google\": .*\n"), "")
        val known = Consent.options(phone.path("count.db"), POLICY).openBlocking().use { it.snapshot.answers.size }
        val many = POLICY.replace(one, one + (1..200 - known).joinToString("") { bare.replace("cookies.analytics", "features.f$it") })
        assertEquals(emptyList(), policyFaults(many).map { it.toString() })
        val consent = phone.open(policy = many)
        assertEquals(200, consent.snapshot.answers.size)
        val form = consent.questionsBlocking("settings")
        val answers = Answers()
        form.questions.forEach { answers.grant(it.purpose) }
        assertEquals(form.questions.size, consent.recordBlocking(form.shown, answers).items.size)
        assertTrue(consent.allows("features.f1") && consent.allows("features.f${200 - known}"))
        repeat(20) { consent.withdrawBlocking("features.f1") }
        assertFalse(consent.purpose("features.f1").allows())
        assertTrue(consent.snapshot.toJson().length > 10_000)
    }

    @Test
    fun `every call may be cancelled where it suspends, and the next one finds nothing in its way`() = runBlocking {
        val consent = phone.open {
            platform = Platform.ANDROID
            server = "https://consent.example"
            transport = HttpTransport { Thread.sleep(5); throw TransportException.Unreachable("no network") }
        }
        consent.answer("cookies.analytics")
        val calls = listOf<suspend () -> Any?>(
            { consent.questions("settings") }, { consent.withdraw("marketing.email") }, { consent.record(consent.questions("settings").shown) { refuse("marketing.sms") } },
            { consent.import(listOf(ImportChoice("marketing.push", ChoiceKind.REFUSED, NOON, "older"))) }, { consent.signIn("acct_81") }, { consent.reportSignals(Signals(gpc = true)) },
            { consent.advertisingId("ad_id.measurement") }, { consent.policy() }, { consent.sync(5.seconds) }, { consent.connectivityRestored() }, { consent.pending() }, { consent.stuck() },
            { consent.history() }, { consent.stateAt(NOON) }, { consent.verify() }, { consent.refresh() }, { consent.signOut(within = 5.seconds) }, { consent.signOut() },
        )
        withTimeout(60_000) {
            for (wait in listOf(0L, 0L, 1L, 3L)) {
                for (call in calls) {
                    val running = launch(Dispatchers.Default, CoroutineStart.UNDISPATCHED) { call() }
                    if (wait > 0) kotlinx.coroutines.delay(wait)
                    running.cancelAndJoin()
                }
            }
            consent.sync(1.seconds)
            assertTrue(consent.verify().ok)
        }
        Consent.open(phone.path("other.db"), POLICY).close()
    }
}

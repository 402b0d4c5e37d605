package dev.consentkit

import kotlinx.coroutines.runBlocking
import org.junit.Rule
import java.io.File
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertFalse
import kotlin.test.assertIs
import kotlin.test.assertNull
import kotlin.test.assertTrue
import kotlin.time.Duration.Companion.milliseconds

/** What an app does with a Consent, from the first run on. */
class ConsentTest {
    @get:Rule
    val phone = Phone()

    @Test
    fun `a grant and a refusal are recorded, explained and kept`() = runBlocking {
        Consent.open(phone.path(), POLICY) { language = "ko" }.use { consent ->
            assertFalse(consent.allows("marketing.email"))
            assertEquals(listOf<Reason>(Reason.NotAnswered), consent.explain("marketing.data_use").reasons)

            val form = consent.questions("settings")
            assertTrue(form.due)
            assertEquals("ko", form.language)
            val asked = form.questions.single { it.purpose == "marketing.email" }
            assertEquals(Why.FirstTime, asked.why)
            assertFalse(asked.startsOn)
            assertTrue(asked.notice.title.any { it in '가'..'힣' })

            val receipt = consent.record(form.shown) {
                grant("marketing.data_use")
                grant("marketing.email")
                refuse("marketing.sms")
            }
            assertEquals(3, receipt.pending)
            assertEquals(ChoiceKind.REFUSED, receipt.items.single { it.purpose == "marketing.sms" }.choice)
            assertTrue(consent.allows("marketing.email"))
            assertFalse(consent.allows("marketing.sms"))
            assertTrue(consent.questions("settings").questions.single { it.purpose == "marketing.email" }.startsOn)

            consent.withdraw("marketing.data_use")
            assertEquals(listOf<Reason>(Reason.Requires("marketing.data_use")), consent.explain("marketing.email").reasons)
            assertEquals(Status.REFUSED, consent.state.value.answer("marketing.sms")?.status)
            assertTrue(consent.verify().ok)
        }
        Consent.open(phone.path(), POLICY).use { consent ->
            assertEquals(Status.WITHDRAWN, consent.state.value.answer("marketing.data_use")?.status)
            assertEquals(4, consent.pending().size)
        }
    }

    @Test
    fun `a reason says itself in Korean and English, and its code is the core's`() {
        val reason = Reason.Requires("marketing.data_use")
        assertEquals("requires:marketing.data_use", reason.code)
        assertEquals("Another purpose that this one depends on is not allowed: marketing.data_use.", reason.text("en"))
        assertEquals("이용자가 동의를 철회했습니다.", Reason.Withdrawn.text("ko-KR"))
    }

    @Test
    fun `a Consent says a reason in the policy's own words, in its language nearest to the person's`() {
        val own = """
            "reasons": [
              { "code": "requires", "text": { "ko": "먼저 {purpose}에 동의해 주세요.", "en": "Please agree to {purpose} first." } },
              { "code": "ask_again", "text": { "ko": "다시 확인해 주세요.", "en": "Please look at it again." } },
              { "code": "ask_again:expired", "text": { "ko": "기간이 지났어요.", "en": "It ran out." } }
            ],
        """
        val consent = phone.open(policy = POLICY.replaceFirst("{", "{ $own")) { language = "en-GB" }
        val title = consent.questionsBlocking("settings").questions.single { it.purpose == "marketing.data_use" }.notice.title
        val expected = mapOf(
            Reason.Requires("marketing.data_use") to "Please agree to $title first.",
            Reason.Requires("gone") to "Please agree to gone first.",
            Reason.AskAgain(AskAgain.EXPIRED) to "It ran out.",
            Reason.AskAgain(AskAgain.RESTORED) to "Please look at it again.",
            Reason.Night to Reason.Night.text("en"),
            Reason.Opening to Reason.StoreUnavailable.text("en"),
        )
        for ((reason, words) in expected) assertEquals(words, consent.text(reason), reason.code)
        consent.close()
        for (reason in expected.keys) assertEquals(reason.text("en"), consent.text(reason), "the library's own words after the closing")
    }

    @Test
    fun `a reason is told in the person's language also where the file cannot be opened`() = runBlocking {
        val consent = Consent.opening(phone.path("no/such/folder/consent.db"), POLICY) { language = "ko" }
        assertFailsWith<ConsentException> { consent.policy() }
        assertEquals(Reason.StoreUnavailable.text("ko"), consent.text(Reason.StoreUnavailable))
        consent.close()
    }

    @Test
    fun `the history tells what happened, and the state at a time what held then`() = runBlocking {
        val clock = FakeClock(1_700_000_000_000)
        val consent = phone.open { this.clock = clock }
        consent.answer("marketing.data_use", "marketing.email")
        clock.now += 60_000
        consent.withdraw("marketing.email")

        val kinds = consent.history().map { it.kind }
        assertEquals(listOf("install", "policy", "choice", "choice", "choice"), kinds)
        val last = consent.history(after = 4).single()
        assertEquals(listOf<Any?>("marketing.email", Status.WITHDRAWN, Actor.PERSON, clock.now), listOf(last.purpose, last.status, last.actor, last.at))
        assertEquals(2, consent.history(limit = 2).size)

        fun allowedAt(at: Long) = runBlocking { consent.stateAt(at).decisions.single { it.purpose == "marketing.email" }.allowed }
        assertTrue(allowedAt(1_700_000_000_000))
        assertFalse(allowedAt(clock.now))
        assertNull(consent.stateAt(0).policyVersion)
    }

    @Test
    fun `a copy of the file can be verified without opening it, and a changed record is found`() = runBlocking {
        val consent = phone.open()
        consent.answer("marketing.data_use")
        consent.close()
        assertTrue(verifyFile(phone.path()).ok)
        assertFailsWith<ConsentException.Invalid> { verifyFile(phone.path("nowhere.db")) }
        File(phone.path("text.db")).writeText("no database at all, but long enough to look at")
        assertFailsWith<ConsentException.NotADatabase> { verifyFile(phone.path("text.db")) }
        Unit
    }

    @Test
    fun `consents of an older store are brought in once`() = runBlocking {
        val consent = phone.open()
        val choices = listOf(
            ImportChoice("marketing.data_use", ChoiceKind.GRANTED, 1_600_000_000_000, "prefs"),
            ImportChoice("marketing.email", ChoiceKind.GRANTED, null, "prefs", "v1"),
        )
        assertEquals(2, consent.import(choices).imported.size)
        assertEquals(0, consent.import(choices).imported.size)
        assertTrue(consent.allows("marketing.data_use"))
        assertEquals(listOf<Reason>(Reason.AskAgain(AskAgain.UNDATED)), consent.explain("marketing.email").reasons)
        assertEquals(Why.AskAgain(AskAgain.UNDATED), consent.questions("settings").questions.single { it.purpose == "marketing.email" }.why)
    }

    @Test
    fun `the account comes and goes, and device choices stay`() = runBlocking {
        val consent = phone.open()
        consent.answer("cookies.analytics", "marketing.data_use")
        consent.signIn("acct_81")
        assertTrue(consent.state.value.signedIn)
        assertTrue(consent.questions("settings").pullFirst)
        consent.signOut()
        assertFalse(consent.state.value.signedIn)
        assertTrue(consent.allows("cookies.analytics"))
    }

    @Test
    fun `a signal limits what was granted, and lifting it gives it back`() = runBlocking {
        val consent = phone.open { platform = Platform.ANDROID }
        consent.answer("marketing.data_use", "marketing.push")
        consent.reportSignals(Signals(push = PushPermission.DENIED, age = AgeBand.ABOVE))
        assertTrue(consent.explain("marketing.push").osBlocked)
        assertTrue(consent.allows("marketing.push"), "the system's permission is not the consent")
        assertTrue(consent.state.value.pushBlocked)

        consent.reportSignals(Signals(age = AgeBand.BELOW, guardian = Guardian.NOT_VERIFIED))
        assertEquals(Reason.GuardianRequired, consent.explain("marketing.push").reasons.first())
        consent.reportSignals(Signals(age = AgeBand.ABOVE, push = PushPermission.NOT_DETERMINED))
        assertTrue(consent.allows("marketing.push"))
        assertEquals(Prompt.PUSH, consent.nextPrompt())
        assertEquals(AgeBand.ABOVE, consent.state.value.signals.age)
    }

    @Test
    fun `what is known of a person's age ends with the person`() = runBlocking {
        val consent = phone.open()
        consent.signIn("acct_81")
        consent.reportSignals(Signals(age = AgeBand.BELOW, guardian = Guardian.VERIFIED))
        consent.signOut()
        assertEquals(listOf<Any?>(null, null), consent.state.value.signals.let { listOf(it.age, it.guardian) })
        consent.signIn("acct_81")
        assertEquals(AgeBand.BELOW, consent.state.value.signals.age)
        consent.reportSignals(Signals(age = AgeBand.UNKNOWN))
        assertEquals(null, consent.state.value.signals.age)
    }

    @Test
    fun `only the guardian's yes counts for a child, and the reason says so`() = runBlocking {
        val consent = phone.open()
        consent.answer("cookies.analytics")
        consent.reportSignals(Signals(age = AgeBand.BELOW, guardian = Guardian.VERIFIED))
        assertEquals(listOf<Reason>(Reason.AskAgain(AskAgain.NOT_BY_GUARDIAN)), consent.explain("cookies.analytics").reasons)
        val row = ImportChoice("marketing.sms", ChoiceKind.GRANTED, null, "prefs")
        val byGuardian = ImportChoice("marketing.sms", ChoiceKind.GRANTED, null, "prefs", actor = Actor.GUARDIAN)
        assertEquals("choices[0].actor", assertFailsWith<ConsentException.Invalid> { consent.import(listOf(row)) }.field)
        assertEquals(1, consent.import(listOf(byGuardian)).imported.size)
    }

    @Test
    fun `a sign-out within a time says what of the account still waits`() = runBlocking {
        val consent = phone.open()
        consent.signIn("acct_81")
        consent.answer("marketing.data_use")
        consent.withdraw("marketing.data_use")
        val report = consent.signOut(5_000.milliseconds)
        assertEquals(null, report.sync, "there is no server")
        assertEquals(listOf(false, true), report.waiting.filter { it.kind == ChangeKind.CHOICE }.map { it.lowers })
        assertFalse(consent.state.value.signedIn)
        assertEquals(SignOutReport(null, emptyList(), null), consent.signOut(0.milliseconds), "nobody is signed in")
    }

    @Test
    fun `Google's values follow the purposes that the policy names for them`() = runBlocking {
        val consent = phone.open { platform = Platform.ANDROID }
        assertEquals(GoogleConsent(), consent.state.value.googleConsent)
        consent.answer("cookies.analytics", "cookies.marketing")
        assertEquals(GoogleConsent(adStorage = true, analyticsStorage = true, adUserData = true), consent.state.value.googleConsent)
        consent.close()
        assertEquals(GoogleConsent(), consent.state.value.googleConsent)
    }

    @Test
    fun `the policy in force is a page to show, and a later edition replaces it`() = runBlocking {
        val consent = phone.open { platform = Platform.ANDROID; osVersion = "14" }
        val page = consent.policy()
        assertEquals("ko", page.language)
        assertEquals(page.edition, 3)
        assertTrue(page.purposes.any { it.purpose == "marketing.email" } && page.remedies.isNotEmpty() && page.rights.kinds.isNotEmpty())
        assertTrue(page.retention.isNotEmpty() && page.versions.last().version == page.version)

        consent.adoptPolicy(POLICY.replace("\"edition\": 3", "\"edition\": 4"))
        assertEquals(4, consent.policy().edition)
        val refused = assertFailsWith<ConsentException.PolicyRefused> { consent.adoptPolicy(POLICY) }
        assertEquals(FaultCode.OLDER_EDITION, refused.faults.single().code)
    }

    @Test
    fun `what another process wrote is seen after a refresh`() = runBlocking {
        val (one, other) = phone.open() to phone.open()
        one.answer("cookies.analytics")
        other.refresh()
        assertTrue(other.allows("cookies.analytics"))
    }

    @Test
    fun `a file that came without its marker is a copy, and its grants are asked again`() = runBlocking {
        val marker = phone.path("marker")
        phone.open { this.marker = marker }.apply { answer("cookies.analytics") }.close()
        File(marker).writeText("another phone's")
        val consent = phone.open { this.marker = marker }
        assertEquals(listOf<Reason>(Reason.AskAgain(AskAgain.RESTORED)), consent.explain("cookies.analytics").reasons)
    }

    @Test
    fun `policy faults have a place, a code and what to do`() {
        assertEquals(emptyList(), policyFaults(POLICY))
        val fault = policyFaults("{}").first()
        assertEquals(FaultCode.MISSING_FIELD, fault.code)
        assertTrue(fault.what.isNotEmpty() && fault.fix.isNotEmpty())
    }

    @Test
    fun `the advertising id is given only after the person and the platform agreed`() = runBlocking {
        val id = "38400000-8cf0-11bd-b23e-10b96e40000d"
        var platformSays: AdvertisingIdAnswer = AdvertisingIdAnswer.Id(id, limited = false)
        var asked = 0
        val consent = phone.open {
            platform = Platform.ANDROID
            advertisingId = AdvertisingIdSource { platformSays.also { asked += 1 } }
        }
        assertEquals(listOf<Reason>(Reason.NotAnswered), assertIs<AdvertisingId.Refused>(consent.advertisingId("ad_id.measurement")).reasons)
        assertEquals(0, asked)

        consent.answer("ad_id.measurement")
        val given = assertIs<AdvertisingId.Available>(consent.advertisingId("ad_id.measurement"))
        assertEquals(id, given.id)
        assertFalse(id in given.toString() || id in platformSays.toString())

        platformSays = AdvertisingIdAnswer.Id(id, limited = true)
        assertEquals(listOf<Reason>(Reason.AdIdLimited), assertIs<AdvertisingId.Refused>(consent.advertisingId("ad_id.measurement")).reasons)
        assertFalse(consent.allows("ad_id.measurement"))
        assertEquals(AdvertisingIdSignal.Limited, consent.state.value.signals.adId)

        platformSays = AdvertisingIdAnswer.Unavailable(AdvertisingIdUnavailable.NO_PLAY_SERVICES)
        val reasons = assertIs<AdvertisingId.Refused>(consent.advertisingId("ad_id.measurement")).reasons
        assertEquals(listOf<Reason>(Reason.AdIdUnavailable(AdvertisingIdUnavailable.NO_PLAY_SERVICES)), reasons)
    }
}

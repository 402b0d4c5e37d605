package dev.consentkit.testing

import dev.consentkit.AdvertisingIdUnavailable
import dev.consentkit.AdvertisingId
import dev.consentkit.AgeBand
import dev.consentkit.Answer
import dev.consentkit.AskAgain
import dev.consentkit.ChangeKind
import dev.consentkit.ChoiceKind
import dev.consentkit.ConsentException
import dev.consentkit.DenialKind
import dev.consentkit.Guardian
import dev.consentkit.Platform
import dev.consentkit.Reason
import dev.consentkit.Shown
import dev.consentkit.Signals
import dev.consentkit.Snapshot
import dev.consentkit.Status
import dev.consentkit.SyncState
import dev.consentkit.Tracking
import dev.consentkit.TransportException
import java.io.File
import java.util.concurrent.CountDownLatch
import java.util.concurrent.Executor
import java.util.concurrent.Executors
import java.util.concurrent.TimeUnit
import kotlin.concurrent.thread
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertFalse
import kotlin.test.assertIs
import kotlin.test.assertSame
import kotlin.test.assertTrue
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.test.runTest
import org.junit.Test
import kotlin.time.Duration.Companion.milliseconds

class FakeConsentTest {
    private val policy = File(System.getProperty("consentkit.policy")).readText()
    private val clock = TestClock()

    private fun fake(platform: Platform = Platform.ANDROID) = FakeConsent(policy, platform, clock = clock)

    @Test
    fun `the lines of the docs run`() {
        val consent = FakeConsent(policy)
        consent.given("marketing.data_use", "marketing.email")
        check(consent.allows("marketing.email"))
    }

    @Test
    fun aReasonIsToldInThePolicysOwnWordsInItsLanguageNearestToThePersons() {
        val own = """
            "reasons": [
              { "code": "requires", "text": { "ko": "먼저 {purpose}에 동의해 주세요.", "en": "Please agree to {purpose} first." } },
              { "code": "ask_again", "text": { "ko": "다시 확인해 주세요.", "en": "Please look at it again." } },
              { "code": "ask_again:expired", "text": { "ko": "기간이 지났어요.", "en": "It ran out." } }
            ],
        """
        fun words(language: String, reason: Reason) = FakeConsent(policy.replaceFirst("{", "{ $own"), language = language).text(reason)
        assertEquals("Please agree to gone first.", words("en", Reason.Requires("gone")))
        assertEquals("It ran out.", words("en-GB", Reason.AskAgain(AskAgain.EXPIRED)))
        assertEquals("다시 확인해 주세요.", words("ko-KR", Reason.AskAgain(AskAgain.RESTORED)))
        assertEquals("다시 확인해 주세요.", words("ja", Reason.AskAgain(AskAgain.RESTORED)), "the policy's first language")
        assertFalse("{" in words("en", Reason.Requires("marketing.data_use")), "the title of the purpose")
        assertEquals(Reason.Night.text("en"), words("en", Reason.Night), "the library's own words")
    }

    @Test
    fun aTestBeginsWithWhatWasGivenAndSeesWhatTheAppDid() = runTest {
        val consent = fake().given("marketing.email")
        assertTrue(consent.allows("marketing.email"))
        assertEquals(emptyList(), consent.recorded)
        consent.withdraw("marketing.email")
        assertEquals(listOf<FakeCall>(FakeCall.Withdraw(listOf("marketing.email"))), consent.recorded)
        assertEquals(listOf<Reason>(Reason.Withdrawn), consent.explain("marketing.email").reasons)
        assertTrue(consent.allows("marketing.data_use"), "what it required was given with it, and stays")
    }

    @Test
    fun whatIsRefusedOrWithdrawnBeforehandStaysApart() {
        val consent = fake().refused("cookies.analytics").given("cookies.marketing").withdrawn("cookies.marketing")
        assertEquals(Status.REFUSED, consent.snapshot.answer("cookies.analytics")?.status)
        assertEquals(Status.WITHDRAWN, consent.snapshot.answer("cookies.marketing")?.status)
        assertFailsWith<ConsentException.Invalid> { consent.given("no.such.purpose") }
        assertFailsWith<ConsentException.Invalid> { consent.given("membership") }
    }

    @Test
    fun aFormIsAnsweredAsInTheApp() = runTest {
        val consent = fake()
        val form = consent.questions("first_run")
        assertTrue(form.due)
        val receipt = consent.record(form.shown) { grant("cookies.analytics").refuse("cookies.marketing") }
        assertEquals(listOf(ChoiceKind.GRANTED, ChoiceKind.REFUSED), receipt.items.map { it.choice })
        val answers = listOf(Answer("cookies.analytics", ChoiceKind.GRANTED), Answer("cookies.marketing", ChoiceKind.REFUSED))
        assertEquals(listOf(FakeCall.Questions("first_run"), FakeCall.Record("first_run", answers)), consent.recorded)
        assertFailsWith<ConsentException.ShownRefused> { consent.record(Shown(form.shown.token + " ")) { grant("cookies.analytics") } }
        assertFailsWith<ConsentException.NoticeNotShown> { consent.record(form.shown) { grant("ad_id.link_account") } }
        assertEquals(2, consent.recorded.size, "what failed was not done")
    }

    @Test
    fun theClockDecidesTheNight() {
        val consent = fake().given("marketing.push")
        assertTrue(consent.allows("marketing.push"))
        assertEquals(clock.now() + 9 * HOUR, consent.snapshot.answer("marketing.push")?.validUntil)
        clock.advance(9 * HOUR)
        assertEquals(listOf<Reason>(Reason.Night), consent.explain("marketing.push").reasons)
        assertFalse(consent.snapshot.allows("marketing.push"), "the snapshot is taken anew")
        clock.advance(11 * HOUR)
        assertTrue(consent.allows("marketing.push"))
    }

    @Test
    fun aSnapshotRunsOutWhenAnotherReasonJoins() {
        val consent = fake().refused("marketing.push")
        val before = consent.explain("marketing.push").reasons
        assertEquals(clock.now() + 9 * HOUR, consent.snapshot.answer("marketing.push")?.validUntil)
        clock.advance(9 * HOUR)
        assertEquals(before + Reason.Night, consent.snapshot.explain("marketing.push").reasons)
    }

    @Test
    fun thePlatformCapsAndNeverGrants() {
        val consent = fake(Platform.IOS).given("ad_id.measurement")
        assertEquals(listOf<Reason>(Reason.OsNotDetermined), consent.explain("ad_id.measurement").reasons)
        consent.platformSays(Signals(tracking = Tracking.AUTHORIZED))
        assertTrue(consent.allows("ad_id.measurement"))
        assertFalse(consent.allows("ad_id.personalised_ads"))
        consent.platformSays(Signals(age = AgeBand.BELOW))
        assertEquals(listOf(Reason.GuardianRequired, Reason.Child), consent.explain("ad_id.measurement").reasons)
        assertEquals(emptyList(), consent.recorded)
    }

    @Test
    fun aPermissionIsReadAgainAfterALaunchAndADenialStays() = runTest {
        val first = fake(Platform.IOS).given("ad_id.measurement").platformSays(Signals(tracking = Tracking.AUTHORIZED))
        val second = first.relaunched()
        assertFailsWith<ConsentException.ShutDown> { first.signOut() }
        assertEquals(listOf<Reason>(Reason.OsNotDetermined), second.explain("ad_id.measurement").reasons)
        second.platformSays(Signals(tracking = Tracking.DENIED))
        assertEquals(listOf<Reason>(Reason.OsDenied), second.relaunched().explain("ad_id.measurement").reasons)
    }

    @Test
    fun theAdvertisingIdIsAskedForOnlyWhereItIsAllowed() = runTest {
        val provider = ScriptedAdvertisingId()
        val consent = FakeConsent(policy, Platform.ANDROID, advertisingId = provider)
        assertEquals(AdvertisingId.Refused(listOf(Reason.NotAnswered)), consent.advertisingId("ad_id.measurement"))
        assertEquals(0, provider.asked)
        consent.given("ad_id.measurement")
        assertEquals(AdvertisingId.Available(ScriptedAdvertisingId.AN_ID), consent.advertisingId("ad_id.measurement"))
        provider.unavailable(AdvertisingIdUnavailable.TIMED_OUT)
        assertEquals(
            AdvertisingId.Refused(listOf(Reason.AdIdUnavailable(AdvertisingIdUnavailable.TIMED_OUT))),
            consent.advertisingId("ad_id.measurement"),
        )
        provider.gives("38400000-8cf0-11bd-b23e-10b96e40000e")
        val stranger = assertIs<AdvertisingId.Refused>(consent.advertisingId("ad_id.measurement"))
        assertEquals(listOf<Reason>(Reason.AskAgain(AskAgain.AD_ID_CHANGED)), stranger.reasons)
        provider.throws(IllegalStateException())
        consent.given("ad_id.measurement")
        val failed = assertIs<AdvertisingId.Refused>(consent.advertisingId("ad_id.measurement"))
        assertEquals(listOf<Reason>(Reason.AdIdUnavailable(AdvertisingIdUnavailable.FAILED)), failed.reasons)
        assertEquals(4, provider.asked)
    }

    @Test
    fun theServerTakesWhatWaitsOrSaysWhyNot() = runTest {
        val wire = ScriptedTransport().then(TransportException.Unreachable("no network")).then(503)
        val consent = FakeConsent(policy, transport = wire)
        assertEquals(SyncState.QUIET, consent.sync().state)
        assertEquals(0, wire.requests, "nothing was answered, so nothing may be sent")
        consent.given("cookies.analytics")
        assertEquals(listOf("offline"), consent.sync().troubles.map { it.code })
        consent.connectivityRestored()
        assertEquals(listOf("server_busy"), consent.sync().troubles.map { it.code })
        assertEquals(1, consent.pending().size)
        consent.connectivityRestored()
        val report = consent.sync()
        assertEquals(listOf<Any>(SyncState.UP_TO_DATE, 1L, 0L), listOf(report.state, report.acknowledged, report.pending))
        assertEquals(emptyList(), consent.pending())
        assertEquals(3, wire.requests)
        assertFailsWith<ConsentException.NoServer> { FakeConsent(policy, transport = null).sync() }
    }

    @Test
    fun aCallFailsWhereTheTestSaysSoAndDoesNothing() = runTest {
        val consent = fake().given("cookies.analytics").failNext(ConsentException.Damaged("a test"))
        assertFailsWith<ConsentException.Damaged> { consent.withdraw("cookies.analytics") }
        assertTrue(consent.allows("cookies.analytics"))
        assertEquals(emptyList(), consent.unrecorded())
        assertEquals(emptyList(), consent.recorded)
        consent.withdraw("cookies.analytics")
        assertFalse(consent.allows("cookies.analytics"))
    }

    @Test
    fun whatTakesAPermissionAwayCountsWhileTheStoreRefuses() = runTest {
        val consent = fake().given("cookies.analytics", "cookies.marketing", "marketing.email")
        val said = clock.now()
        consent.failNext(ConsentException.StoreUnavailable("the disk is full", 13), calls = 3)
        assertFailsWith<ConsentException.StoreUnavailable> { consent.withdraw("cookies.analytics") }
        assertFailsWith<ConsentException.StoreUnavailable> { consent.reportSignals(Signals(gpc = true, age = AgeBand.BELOW)) }
        clock.advance(HOUR)
        assertFailsWith<ConsentException.StoreUnavailable> { consent.withdraw("cookies.analytics") }
        assertEquals(Status.WITHDRAWN, consent.snapshot.answer("cookies.analytics")?.status)
        assertEquals(listOf(Reason.GuardianRequired, Reason.Child, Reason.Gpc), consent.explain("cookies.marketing").reasons)
        val held = listOf(DenialKind.NO to "cookies.analytics", DenialKind.GPC to null, DenialKind.AGE to null)
        assertEquals(held, consent.unrecorded().map { it.kind to it.purpose })
        assertEquals(listOf(said, said, said), consent.unrecorded().map { it.since }, "the first tap counts")
        assertEquals(emptyList(), consent.recorded)

        val form = consent.questions("settings")
        consent.reportSignals(Signals(age = AgeBand.ABOVE, gpc = false))
        assertEquals(emptyList(), consent.unrecorded())
        assertEquals(said, consent.history().last { it.kind == "choice" }.at)
        consent.record(form.shown) { grant("cookies.analytics") }
        assertTrue(consent.allows("cookies.analytics"), "who drew the form while the no was held has seen it")
    }

    @Test
    fun aSignOutCountsWhileTheStoreRefusesAndIsLostWithTheProcess() = runTest {
        val consent = fake()
        consent.signIn("acct_81")
        consent.given("marketing.email").failNext(ConsentException.StoreUnavailable("the disk is full", 13))
        assertFailsWith<ConsentException.StoreUnavailable> { consent.signOut() }
        assertFalse(consent.allows("marketing.email") || consent.snapshot.signedIn)
        assertEquals(listOf(DenialKind.SIGN_OUT), consent.unrecorded().map { it.kind })
        val again = consent.relaunched()
        assertTrue(again.allows("marketing.email") && again.snapshot.signedIn)
        again.failNext(ConsentException.StoreUnavailable("the disk is full", 13))
        assertFailsWith<ConsentException.StoreUnavailable> { again.signIn("acct_82") }
        assertFalse(again.allows("marketing.email"), "one person's yes does not answer for another")
        again.connectivityRestored()
        assertFalse(again.snapshot.signedIn)
    }

    @Test
    fun aSignOutWithinATimeSyncsFirstAndSaysWhatStillWaits() = runTest {
        val wire = ScriptedTransport().then(503)
        val consent = FakeConsent(policy, transport = wire)
        consent.signIn("acct_81")
        consent.given("marketing.data_use").withdrawn("marketing.data_use")
        val busy = consent.signOut(1_000.milliseconds)
        assertEquals(listOf("server_busy"), busy.sync?.troubles?.map { it.code })
        assertEquals(listOf(ChangeKind.LINK, ChangeKind.CHOICE, ChangeKind.CHOICE), busy.waiting.map { it.kind })
        consent.signIn("acct_81")
        consent.connectivityRestored()
        assertEquals(emptyList(), consent.signOut(1_000.milliseconds).waiting)
        assertEquals(listOf(null, 2), listOf(consent.signOut(1_000.milliseconds).sync, wire.requests), "nobody is signed in")
    }

    @Test
    fun whatIsKnownOfAPersonEndsWithThePersonAndAChildStaysOne() = runTest {
        val consent = fake().platformSays(Signals(age = AgeBand.BELOW, guardian = Guardian.VERIFIED))
        consent.signIn("acct_81")
        assertEquals(listOf<Any?>(AgeBand.BELOW, null), consent.snapshot.signals.let { listOf(it.age, it.guardian) })
        consent.signOut()
        assertEquals(null, consent.snapshot.signals.age)
        consent.signIn("acct_82")
        assertEquals(null, consent.snapshot.signals.age)
    }

    @Test
    fun aPlaceholderIsNobodysName() = runTest {
        val consent = fake()
        for (name in listOf("null", "NULL", "user_undefined", "0", "-1", "none", "guest", "00000000-0000-0000-0000-000000000000", "{{id}}", "비회원")) {
            assertEquals("subject", assertFailsWith<ConsentException.Invalid>(name) { consent.signIn(name) }.field)
        }
        for (number in listOf("010-1234-5678", "01012345678", "821012345678", "+82 2 123 4567", "٠١٠١٢٣٤٥٦٧٨")) {
            assertFailsWith<ConsentException.Invalid>(number) { consent.signIn(number) }
        }
        for (name in listOf("acct_81", "10293847", "0123456789", "nullpointer", "회원-81")) consent.signIn(name)
    }

    @Test
    fun aPurposeOfAnEarlierEditionCanStillBeWithdrawn() = runTest {
        val shorter = policy.replace("marketing.kakao", "marketing.talk").replace("\"edition\": 3", "\"edition\": 4")
        val consent = fake().given("marketing.kakao")
        consent.adoptPolicy(shorter)
        consent.withdraw("marketing.kakao")
        assertFailsWith<ConsentException.Invalid> { consent.withdraw("marketing.never") }
        assertEquals(Status.WITHDRAWN, consent.history().last { it.purpose == "marketing.kakao" }.status)
    }

    @Test
    fun aDeliveredPolicyDoesNotTakeAChildForAGrownUp() = runTest {
        val mixed = policy.replace("\"audience\": \"adult\"", "\"audience\": \"mixed\"")
        val consent = FakeConsent(mixed)
        val looser = policy.replace("\"edition\": 3", "\"edition\": 4")
        val refused = assertFailsWith<ConsentException.PolicyRefused> { consent.adoptPolicy(looser) }
        assertEquals(listOf("/audience guard_weakened"), refused.faults.map { "${it.pointer} ${it.code}" })
    }

    @Test
    fun aClosedOneAllowsNothingThatNeedsConsent() = runTest {
        val consent = fake().given("cookies.analytics")
        consent.close()
        consent.close()
        assertEquals(listOf<FakeCall>(FakeCall.Close), consent.recorded)
        assertEquals(listOf<Reason>(Reason.StoreUnavailable), consent.explain("cookies.analytics").reasons)
        assertTrue(consent.allows("membership"))
        assertFalse(consent.state.value.available)
        assertFailsWith<ConsentException.ShutDown> { consent.questions("settings") }
    }

    @Test
    fun eachChangeIsToldOnceAndAListenerThatThrowsHarmsNobody() = runTest {
        val consent = fake()
        val heard = mutableListOf<Long>()
        val direct = Executor { it.run() }
        consent.addListener(direct) { error("a listener of the app") }
        val listening = consent.addListener(direct) { heard += it.generation }
        consent.given("cookies.analytics")
        consent.reportSignals(Signals(gpc = true))
        consent.reportSignals(Signals(gpc = true))
        consent.connectivityRestored()
        assertEquals(listOf(1L, 2L, 3L), heard, "the present state first, as the library tells it")
        listening.close()
        consent.withdraw("cookies.analytics")
        assertEquals(3, heard.size)
        assertEquals(4L, consent.state.value.generation)
    }

    @Test
    fun f_57_noLockOfTheFakeIsHeldWhileAListenerOrACollectorRuns() {
        val waits = listOf<(FakeConsent, (Snapshot) -> Unit) -> Unit>(
            { consent, hear -> consent.addListener({ it.run() }) { hear(it) } },
            { consent, hear -> CoroutineScope(Dispatchers.Unconfined).launch { consent.state.collect { hear(it) } } },
        )
        val changes = listOf<(FakeConsent) -> Unit>({ it.given("cookies.analytics") }, { clock.advance(9 * HOUR) }, { it.close() }, { runBlocking { it.refresh() } })
        for ((at, follow) in waits.withIndex()) {
            for ((which, change) in changes.withIndex()) {
                clock.set(TestClock.NOON)
                val consent = fake().given("marketing.push")
                val (entered, release) = CountDownLatch(1) to CountDownLatch(1)
                var armed = false
                follow(consent) {
                    if (armed) {
                        entered.countDown()
                        release.await(20, TimeUnit.SECONDS)
                    }
                }
                armed = true
                val changing = thread { change(consent) }
                assertTrue(entered.await(10, TimeUnit.SECONDS), "follower $at heard nothing of change $which")
                val another = thread {
                    runCatching { runBlocking { consent.withdraw("marketing.email") } }
                    consent.unrecorded()
                    consent.addListener({ it.run() }) { }.close()
                }
                another.join(5_000)
                val waited = another.isAlive
                release.countDown()
                listOf(another, changing).forEach { it.join(10_000) }
                assertFalse(waited, "a call waited for follower $at, told of change $which")
            }
        }
    }

    @Test
    fun f_57_aListenerThatWritesHearsOfItAfterItsOwnTurnAndInOrder() = runTest {
        val consent = fake()
        val heard = mutableListOf<Long>()
        var depth = 0
        consent.addListener({ it.run() }) {
            assertEquals(0, depth, "one call inside the other")
            depth += 1
            heard += it.pending
            if (it.pending == 1L) runBlocking { consent.withdraw("marketing.email", "marketing.sms") }
            depth -= 1
        }
        consent.given("cookies.analytics")
        assertEquals(listOf(0L, 1L, 3L), heard)
        val ended = Executors.newSingleThreadExecutor().apply { shutdown() }
        consent.addListener(ended) { heard += -1 }
        consent.withdraw("marketing.push")
        assertEquals(listOf(0L, 1L, 3L, 4L), heard, "an executor that takes nothing more holds nobody up")
    }

    @Test
    fun f_73_theStateMovesWithTimeAlone() = runTest {
        val consent = fake().given("marketing.push")
        val heard = mutableListOf<Boolean>()
        consent.addListener({ it.run() }) { heard += it.allows("marketing.push") }
        val told = async(start = CoroutineStart.UNDISPATCHED) { consent.allowsFlow("marketing.push").take(3).toList() }
        clock.advance(9 * HOUR)
        assertFalse(consent.state.value.allows("marketing.push"))
        testScheduler.advanceUntilIdle()
        clock.advance(11 * HOUR)
        assertEquals(listOf(true, false, true), heard)
        assertEquals(listOf(true, false, true), told.await())
        val before = consent.state.value
        clock.advance(1)
        assertSame(before, consent.state.value, "nothing changed with it")
        clock.set(before.at - 1)
        assertEquals(clock.now(), consent.state.value.at, "a clock that was set back")
        consent.close()
        clock.advance(24 * HOUR)
        assertEquals(4, heard.size - 1, "a closed one tells nothing more: $heard")
    }

    @Test
    fun f_73_aFailedSyncHoldsTheNextOneBackAndSaysUntilWhen() = runTest {
        val wire = ScriptedTransport().always(TransportException.Unreachable("no network"))
        val consent = FakeConsent(policy, clock = clock, transport = wire).given("cookies.analytics")
        val first = consent.sync()
        val retryAt = first.retryAt!!
        assertEquals(listOf("offline"), first.troubles.map { it.code })
        assertTrue(retryAt > clock.now())
        val second = consent.sync()
        assertEquals(listOf<Any?>(SyncState.WAITING, listOf("paused"), retryAt), listOf(second.state, second.troubles.map { it.code }, second.retryAt))
        assertEquals(1, wire.requests, "nothing is sent before its time")
        clock.set(retryAt)
        assertTrue(consent.sync().retryAt!! - retryAt > retryAt - TestClock.NOON, "each delay is longer")
        assertEquals(2, wire.requests)
        consent.connectivityRestored()
        wire.always(200)
        assertEquals(listOf<Any?>(SyncState.UP_TO_DATE, null), consent.sync().let { listOf(it.state, it.retryAt) })
        wire.always(404)
        assertEquals(listOf("portal"), consent.sync().troubles.map { it.code }, "this server answered before")
    }

    @Test
    fun f_38_aFormThatWasClosedStaysAwayForAsLongAsThePolicySays() = runTest {
        val consent = fake()
        val form = consent.questions("first_run")
        assertTrue(form.due)
        consent.closed(form.shown)
        assertFalse(consent.questions("first_run").due)
        assertTrue(consent.questions("first_run").questions.isNotEmpty(), "a screen that the person opens has its questions")
        assertEquals(FakeCall.Closed("first_run"), consent.recorded[1])
        clock.advance(7 * 24 * HOUR)
        assertTrue(consent.questions("first_run").due, "seven days are over (PIPA-16)")
        assertFailsWith<ConsentException.ShownRefused> { consent.closed(Shown("forged")) }
    }

    @Test
    fun f_73_whatIsNotGivenIsNotThere() = runTest {
        val consent = FakeConsent(policy)
        assertFailsWith<ConsentException.NoServer> { consent.sync() }
        consent.given("cookies.analytics", "ad_id.measurement")
        val refused = assertIs<AdvertisingId.Refused>(consent.advertisingId("ad_id.measurement"))
        assertEquals(listOf<Reason>(Reason.AdIdUnavailable(AdvertisingIdUnavailable.NO_PROVIDER)), refused.reasons)
        assertEquals("ko", consent.policy().language)
    }

    @Test
    fun aFakeNeverClaimsAProof() = runTest {
        assertFalse(fake().given("cookies.analytics").verify().ok)
    }

    @Test
    fun nothingThatLeadsToAPersonIsInATextForm() = runTest {
        val consent = fake()
        consent.signIn("acct_81")
        assertEquals("[SignIn]", consent.recorded.toString())
        assertFalse("acct_81" in consent.toString())
        assertFailsWith<ConsentException.Invalid> { consent.signIn("kim@example.com") }.let { assertFalse("kim" in it.message.orEmpty()) }
    }

    @Test
    fun whatIsNoPolicyIsRefusedWithATypedError() {
        for (document in listOf("", "{", "[]", "{}", policy.replace("\"purposes\"", "\"purpose\""))) {
            assertFailsWith<ConsentException.PolicyInvalid> { FakeConsent(document) }
        }
    }

    private companion object {
        const val HOUR = 3_600_000L
    }
}

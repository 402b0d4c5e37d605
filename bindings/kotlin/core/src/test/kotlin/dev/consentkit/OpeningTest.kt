package dev.consentkit

import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import org.junit.Rule
import java.util.concurrent.ConcurrentLinkedQueue
import java.util.concurrent.CountDownLatch
import java.util.concurrent.Executor
import java.util.concurrent.TimeUnit
import kotlin.concurrent.thread
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertFalse
import kotlin.test.assertTrue

/** A handle that is there before its file is open. */
class OpeningTest {
    @get:Rule
    val phone = Phone()

    /** Opens as slowly as the test likes. */
    private inner class Slow(private val policy: String = POLICY, private val path: String = phone.path()) {
        val gate = CountDownLatch(1)
        val consent = Consent.opening {
            gate.await(10, TimeUnit.SECONDS)
            Consent.options(path, policy).language("ko").clock(FakeClock(NOON))
        }
    }

    @Test
    fun `until the file is open everything is refused, and says why`() = runBlocking {
        val slow = Slow()
        slow.consent.use { consent ->
            for (purpose in listOf("cookies.analytics", "membership", "no.such")) {
                assertFalse(consent.allows(purpose))
                assertEquals(listOf<Reason>(Reason.Opening), consent.explain(purpose).reasons)
                assertEquals("store_unavailable:opening", consent.snapshot.explain(purpose).reasons.single().code)
                assertFalse(consent.purpose(purpose).allows())
            }
            assertFalse(consent.snapshot.available)
            assertEquals("", consent.state.value.policyVersion)
            assertEquals(null, consent.nextPrompt())
            assertEquals(emptyList(), consent.unrecorded())
            consent.syncSoon()
            assertTrue(Reason.Opening.text("ko").any { it in '가'..'힣' })
            slow.gate.countDown()
            assertTrue(withTimeout(10_000) { consent.state.first { it.available } }.answers.isNotEmpty())
            assertTrue(consent.allows("membership"))
        }
    }

    @Test
    fun `what is written meanwhile waits, in the order of the calls, and is written`() = runBlocking {
        val slow = Slow()
        slow.consent.use { consent ->
            val form = async(Dispatchers.Unconfined, CoroutineStart.UNDISPATCHED) { consent.questions("settings") }
            val noes = List(20) { at ->
                async(Dispatchers.Unconfined, CoroutineStart.UNDISPATCHED) { consent.withdraw(if (at % 2 == 0) "marketing.email" else "marketing.sms").items.single().seq }
            }
            val blocked = async(Dispatchers.IO) { consent.withdrawBlocking("marketing.push") }
            assertFalse(form.isCompleted || noes.any { it.isCompleted })
            slow.gate.countDown()
            withTimeout(10_000) {
                assertTrue(form.await().due)
                assertEquals(noes.map { it.await() }, noes.map { it.await() }.sorted())
                blocked.await()
            }
            assertEquals(21, consent.pending().size)
        }
    }

    @Test
    fun `a failed open is thrown to everybody who waits, and to everybody after`() = runBlocking {
        val told = ConcurrentLinkedQueue<Reason>()
        val slow = Slow(policy = "{}")
        val waiting = async(Dispatchers.Unconfined, CoroutineStart.UNDISPATCHED) { runCatching { slow.consent.withdraw("marketing.email") } }
        slow.consent.addListener(Executor { it.run() }) { told += it.explain("marketing.email").reasons }
        slow.gate.countDown()
        assertTrue(waiting.await().exceptionOrNull() is ConsentException.PolicyInvalid)
        assertFailsWith<ConsentException.PolicyInvalid> { slow.consent.questionsBlocking("settings") }
        assertEquals(listOf<Reason>(Reason.StoreUnavailable), slow.consent.explain("marketing.email").reasons)
        assertFalse(slow.consent.allows("membership"))
        slow.consent.close()
        assertFailsWith<ConsentException.ShutDown> { slow.consent.pending() }
        Unit
    }

    @Test
    fun `closed before it is open it opens no more, and leaves no open file behind`() = runBlocking {
        repeat(20) { round ->
            val slow = Slow(path = phone.path("$round.db"))
            val waiting = async(Dispatchers.Unconfined, CoroutineStart.UNDISPATCHED) { runCatching { slow.consent.withdraw("marketing.email") } }
            val closing = thread { slow.consent.close() }
            slow.gate.countDown()
            closing.join(10_000)
            assertFalse(closing.isAlive)
            waiting.await().onFailure { assertTrue(it is ConsentException.ShutDown) }
            assertFalse(slow.consent.allows("membership") && slow.consent.snapshot.available)
            assertEquals(if (waiting.await().isSuccess) 1 else 0, phone.open("$round.db").use { it.pending().size })
        }
    }

    @Test
    fun `a flow of one purpose tells its changes and nothing else`() = runBlocking {
        val consent = phone.open()
        val told = async(Dispatchers.Unconfined, CoroutineStart.UNDISPATCHED) { consent.allowsFlow("cookies.analytics").take(3).toList() }
        consent.answer("marketing.data_use")
        consent.answer("cookies.analytics")
        consent.answer("marketing.email")
        consent.withdraw("cookies.analytics")
        assertEquals(listOf(false, true, false), withTimeout(10_000) { told.await() })
    }

    @Test
    fun `a handle of one purpose sees every change and the night`() {
        val clock = FakeClock(NOON)
        val consent = phone.open { this.clock = clock }
        val (fixed, timed, unknown) = listOf("cookies.analytics", "marketing.sms", "no.such").map(consent::purpose)
        assertFalse(fixed.allows() || timed.allows() || unknown.allows())
        consent.answer("cookies.analytics", "marketing.data_use", "marketing.sms")
        assertTrue(fixed.allows() && timed.allows())
        clock.now += 12 * 3_600_000
        assertTrue(fixed.allows() && !timed.allows())
        consent.withdrawBlocking("cookies.analytics")
        assertFalse(fixed.allows())
        consent.close()
        assertFalse(fixed.allows() || timed.allows() || unknown.allows())
    }
}

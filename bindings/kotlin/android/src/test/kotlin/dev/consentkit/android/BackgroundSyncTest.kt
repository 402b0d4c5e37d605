package dev.consentkit.android

import dev.consentkit.Consent
import dev.consentkit.HttpResponse
import dev.consentkit.HttpTransport
import dev.consentkit.SyncReport
import dev.consentkit.SyncState
import dev.consentkit.TransportException
import dev.consentkit.Trouble
import kotlinx.coroutines.runBlocking
import org.junit.Rule
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.annotation.Config
import kotlin.test.assertEquals
import kotlin.time.Duration
import kotlin.time.Duration.Companion.seconds

/** What a worker tells WorkManager. */
@RunWith(RobolectricTestRunner::class)
@Config(sdk = [35])
class BackgroundSyncTest {
    @get:Rule
    val phone = Phone()

    @Test
    fun `with nothing to send the work is done`() {
        assertEquals(BackgroundSync.Outcome.SUCCESS, work(phone.launch { server = "https://consent.example"; transport = busy(200) }))
    }

    @Test
    fun `without a server there is nothing to try again`() {
        val consent = phone.launch()
        consent.grant("cookies.analytics")
        assertEquals(BackgroundSync.Outcome.SUCCESS, work(consent))
    }

    @Test
    fun `offline, a busy server and one that is not believed are tried again`() {
        val offline = HttpTransport { throw TransportException.Unreachable("no network") }
        for (carrier in listOf(offline, busy(503), busy(200), busy(418))) {
            phone.launch { server = "https://consent.example"; transport = carrier }.use { consent ->
                consent.grant("cookies.analytics")
                assertEquals(BackgroundSync.Outcome.RETRY, work(consent))
                assertEquals(BackgroundSync.Outcome.RETRY, work(consent), "too soon: the back-off holds")
            }
        }
    }

    @Test
    fun `what only an update of the server or the app can mend is not tried again soon`() {
        val consent = phone.launch { server = "https://consent.example"; transport = busy(404) }
        consent.grant("cookies.analytics")
        assertEquals(BackgroundSync.Outcome.SUCCESS, work(consent), "a wrong address")
        for ((troubles, outcome) in listOf(
            listOf(Trouble.Stuck) to BackgroundSync.Outcome.SUCCESS,
            listOf(Trouble.Configuration(404), Trouble.Stuck) to BackgroundSync.Outcome.SUCCESS,
            listOf(Trouble.Offline, Trouble.Stuck) to BackgroundSync.Outcome.RETRY,
            listOf(Trouble.Paused) to BackgroundSync.Outcome.RETRY,
            listOf(Trouble.Portal(302)) to BackgroundSync.Outcome.RETRY,
        )) {
            assertEquals(outcome, work(reporting(consent, troubles)), "$troubles")
        }
    }

    private fun reporting(consent: Consent, troubles: List<Trouble>) = object : Consent by consent {
        override suspend fun sync(within: Duration) = SyncReport(SyncState.WAITING, 0, 1, 0, troubles, null, false, false, null, false, 0, false, emptyList())
    }

    @Test
    fun `f_67 work that finds another sync running is not done`() {
        val busy = object : Consent by phone.launch() {
            override suspend fun sync(within: Duration): SyncReport = throw dev.consentkit.ConsentException.AlreadySyncing()
        }
        assertEquals(BackgroundSync.Outcome.RETRY, work(busy))
    }

    @Test
    fun `a closed Consent fails as any call does`() {
        val consent = phone.launch { server = "https://consent.example"; transport = busy(200) }
        consent.close()
        assertEquals("ShutDown", runCatching { work(consent) }.exceptionOrNull()!!.javaClass.simpleName)
    }

    private fun work(consent: Consent) = runBlocking { BackgroundSync.run(consent, 5.seconds) }

    private fun busy(status: Int) = HttpTransport { HttpResponse(status, emptyList(), ByteArray(0)) }
}

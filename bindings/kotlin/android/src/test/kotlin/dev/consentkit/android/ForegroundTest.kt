package dev.consentkit.android

import android.Manifest
import android.app.Activity
import android.net.ConnectivityManager
import com.google.android.gms.ads.identifier.AdvertisingIdClient
import com.google.android.gms.common.GooglePlayServicesNotAvailableException
import com.google.android.gms.common.GooglePlayServicesRepairableException
import dev.consentkit.AdvertisingIdAnswer
import dev.consentkit.AdvertisingIdUnavailable
import dev.consentkit.AdvertisingId
import dev.consentkit.AdvertisingIdSource
import dev.consentkit.Consent
import dev.consentkit.ConsentOptions
import dev.consentkit.ConsentClock
import dev.consentkit.ConsentLog
import dev.consentkit.HttpTransport
import dev.consentkit.Reason
import dev.consentkit.TransportException
import kotlinx.coroutines.runBlocking
import org.junit.Rule
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.Shadows.shadowOf
import java.io.IOException
import java.util.concurrent.CountDownLatch
import java.util.concurrent.TimeUnit
import java.util.concurrent.atomic.AtomicInteger
import java.util.concurrent.atomic.AtomicLong
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertTrue

/** What the system says while the app is away, and what the provider answers when it is asked. */
@RunWith(RobolectricTestRunner::class)
class ForegroundTest {
    @get:Rule
    val phone = Phone()

    @Test
    fun `an opt-out that was switched on in the background counts at the return, and lifted it grants no more than before`() {
        Stores.play { AdvertisingIdClient.Info(ID, false) }
        val consent = phone.launch()
        consent.grant("ad_id.measurement")
        phone.comesToTheFront()
        assertEquals(AdvertisingId.Available(ID), consent.id())

        phone.goesToTheBack()
        Stores.play { AdvertisingIdClient.Info(ZEROS, true) }
        assertTrue(consent.allows("ad_id.measurement"), "nothing is read while the app is away")
        phone.comesToTheFront()
        consent.awaits { !it.allows("ad_id.measurement") }
        assertEquals(listOf<Reason>(Reason.AdIdLimited), consent.explain("ad_id.measurement").reasons)
        assertEquals(AdvertisingId.Refused(listOf(Reason.AdIdLimited)), consent.id())

        phone.goesToTheBack()
        Stores.play { AdvertisingIdClient.Info(ID, false) }
        phone.comesToTheFront()
        consent.awaits { it.allows("ad_id.measurement") }
        assertFalse(consent.allows("ad_id.personalised_ads"), "never granted")
    }

    @Test
    fun `an id that was reset in the background is a stranger's`() {
        Stores.play { AdvertisingIdClient.Info(ID, false) }
        val consent = phone.launch()
        consent.grant("ad_id.measurement")
        assertEquals(AdvertisingId.Available(ID), consent.id())
        phone.comesToTheFront()
        phone.goesToTheBack()
        Stores.play { AdvertisingIdClient.Info(OTHER, false) }
        phone.comesToTheFront()
        consent.awaits { !it.allows("ad_id.measurement") }
        assertEquals(listOf("ask_again:ad_id_changed"), consent.explain("ad_id.measurement").reasons.map { it.code })
    }

    @Test
    fun `without a grant that needs it the provider is not asked at any return`() {
        Stores.play { AdvertisingIdClient.Info(ID, false) }
        val consent = phone.launch()
        consent.grant("cookies.analytics")
        runBlocking { SignalReader(phone.application, asksForId = true, log = null).read(consent, pushWasRefused = false) }
        assertEquals(0, AdvertisingIdClient.asked.get(), "KR-19")
        consent.grant("ad_id.measurement")
        runBlocking { SignalReader(phone.application, asksForId = true, log = null).read(consent, pushWasRefused = false) }
        assertEquals(1, AdvertisingIdClient.asked.get())
        runBlocking { consent.withdraw("ad_id.measurement") }
        runBlocking { SignalReader(phone.application, asksForId = true, log = null).read(consent, pushWasRefused = false) }
        assertEquals(1, AdvertisingIdClient.asked.get(), "after the withdrawal")
    }

    @Test
    fun `an app that gives no source is never asked`() {
        phone.launch { advertisingId = null }.grant("ad_id.measurement")
        val consent = phone.launch { advertisingId = null }
        assertEquals(null, consent.snapshot.signals.adId)
        assertEquals(AdvertisingId.Refused(listOf(Reason.AdIdUnavailable(AdvertisingIdUnavailable.NO_PROVIDER))), consent.id())
    }

    @Test
    fun `a provider that is missing, limited, broken or throws is a refusal that says so`() {
        val consent = phone.launch()
        consent.grant("ad_id.measurement")
        val expected = listOf<Pair<() -> AdvertisingIdClient.Info?, String>>(
            { AdvertisingIdClient.Info(ID, true) } to "ad_id_limited",
            { AdvertisingIdClient.Info(ZEROS, false) } to "ad_id_limited",
            { AdvertisingIdClient.Info("no id", false) } to "ad_id_unavailable:failed",
            { throw GooglePlayServicesNotAvailableException(9) } to "ad_id_unavailable:no_play_services",
            { throw GooglePlayServicesRepairableException(2, "old") } to "ad_id_unavailable:play_services_repairable",
            { throw IOException("gone") } to "ad_id_unavailable:failed",
            { throw OutOfMemoryError("the provider's own") } to "ad_id_unavailable:failed",
        )
        for ((answer, code) in expected) {
            Stores.play { answer() }
            assertEquals(listOf(code), (consent.id() as AdvertisingId.Refused).reasons.map { it.code })
        }
        Stores.play { AdvertisingIdClient.Info(ID, false) }
        assertEquals(AdvertisingId.Available(ID), consent.id(), "a failure does not close the gate for ever")
    }

    @Test
    fun `an app without any provider's library is refused with no_provider`() {
        val source = AndroidAdvertisingId(phone.application, Stores.without(Stores.PLAY, Stores.HUAWEI))
        val consent = phone.launch { advertisingId = source }
        consent.grant("ad_id.measurement")
        assertEquals(AdvertisingId.Refused(listOf(Reason.AdIdUnavailable(AdvertisingIdUnavailable.NO_PROVIDER))), consent.id())
    }

    @Test
    fun `a provider that hangs costs its time-out and nothing more, and a late answer is dropped`() {
        val late = CountDownLatch(1)
        Stores.play {
            // Deaf to interruption, as a call into another process is.
            while (true) runCatching { late.await() }.onSuccess { return@play AdvertisingIdClient.Info(ID, false) }
            @Suppress("UNREACHABLE_CODE") null
        }
        val consent = phone.launch { waitForTheProvider(millis = 50) }
        consent.grant("ad_id.measurement")
        assertEquals(AdvertisingId.Refused(listOf(Reason.AdIdUnavailable(AdvertisingIdUnavailable.TIMED_OUT))), consent.id())
        // A form, a withdrawal: nothing waits for it.
        runBlocking { consent.withdraw("ad_id.measurement") }
        late.countDown()
        assertEquals(AdvertisingId.Refused(listOf(Reason.Withdrawn)), consent.id())
    }

    @Test
    fun `a provider that hangs at the launch does not keep the app from starting`() {
        val late = CountDownLatch(1)
        Stores.play { AdvertisingIdClient.Info(ID, false) }
        phone.launch().grant("ad_id.measurement")
        Stores.play { late.await(); null }
        val consent = phone.launch { waitForTheProvider(millis = 50) }
        assertEquals(listOf("ad_id_unavailable:timed_out"), consent.explain("ad_id.measurement").reasons.map { it.code })
        late.countDown()
    }

    @Test
    fun `the provider is asked on a worker, never on the main thread`() {
        val threads = mutableSetOf<Thread>()
        val watched = AdvertisingIdSource {
            threads += Thread.currentThread()
            AdvertisingIdAnswer.Id(ID, false)
        }
        val consent = phone.launch { advertisingId = watched }
        consent.grant("ad_id.measurement")
        phone.comesToTheFront()
        assertEquals(AdvertisingId.Available(ID), consent.id())
        assertEquals(AdvertisingId.Available(ID), consent.advertisingIdBlocking("ad_id.measurement"), "a twin for Java that is called here all the same")
        assertTrue(threads.isNotEmpty() && Thread.currentThread() !in threads)
    }

    @Test
    fun `a turned phone, and another activity of the app, are no return`() {
        var returns = 0
        phone.application.registerActivityLifecycleCallbacks(Foreground { returns++ })
        val first = Robolectric.buildActivity(Activity::class.java).create().start().resume()
        assertEquals(1, returns)
        first.recreate()
        assertEquals(1, returns, "a turned phone")
        first.pause()
        val second = Robolectric.buildActivity(Activity::class.java).create().start().resume()
        first.stop()
        assertEquals(1, returns, "from one activity to the next")
        second.pause().stop()
        second.restart().start().resume()
        assertEquals(2, returns)
    }

    @Test
    fun `what waits is sent at a return to the foreground, and when the network comes back`() {
        // Counted when the failure is written down: what is asked for before that would be held back by it.
        val failed = AtomicInteger()
        val now = AtomicLong(Phone.NOON)
        shadowOf(phone.application).grantPermissions(Manifest.permission.ACCESS_NETWORK_STATE)
        val consent = phone.launch {
            server = "https://consent.example"
            syncsByItself = true
            clock = ConsentClock { now.get() }
            transport = HttpTransport { throw TransportException.Unreachable("no network") }
            log = ConsentLog { if ("offline" in it.codes) failed.incrementAndGet() }
        }
        phone.comesToTheFront()
        phone.goesToTheBack()
        consent.grant("cookies.analytics")
        awaits("a second after the form") { failed.get() == 1 }
        now.addAndGet(7_200_000)
        phone.comesToTheFront()
        awaits("at the return to the foreground") { failed.get() == 2 }
        val manager = shadowOf(phone.application.getSystemService(ConnectivityManager::class.java)!!)
        val network = phone.application.getSystemService(ConnectivityManager::class.java)!!.activeNetwork!!
        manager.networkCallbacks.forEach { it.onLost(network) }
        manager.networkCallbacks.forEach { it.onAvailable(network) }
        awaits("when the network came back") { failed.get() == 3 }
        assertEquals(1, manager.networkCallbacks.size)
        consent.close()
        assertEquals(0, manager.networkCallbacks.size)
    }

    @Test
    fun `an app that may not know of the network is not asked to, and registers nothing`() {
        shadowOf(phone.application).denyPermissions(Manifest.permission.ACCESS_NETWORK_STATE)
        phone.launch { syncsByItself = true }
        assertEquals(0, shadowOf(phone.application.getSystemService(ConnectivityManager::class.java)!!).networkCallbacks.size)
    }

    @Test
    fun `a handle that is ready before it is open reads the signals once it is`() {
        Stores.play { AdvertisingIdClient.Info(ID, true) }
        phone.launch { advertisingId = AdvertisingIdSource { AdvertisingIdAnswer.Id(ID, false) } }.apply { grant("ad_id.measurement"); close() }
        val gate = CountDownLatch(1)
        val consent = ConsentAndroid.opening(phone.application, { Phone.POLICY }) {
            gate.await(10, TimeUnit.SECONDS)
            clock = ConsentClock { Phone.NOON }
        }
        assertEquals(listOf<Reason>(Reason.Opening), consent.explain("ad_id.measurement").reasons)
        phone.comesToTheFront()
        gate.countDown()
        consent.awaits { it.explain("ad_id.measurement").reasons == listOf(Reason.AdIdLimited) }
        consent.close()
    }

    private fun awaits(what: String, happened: () -> Boolean) {
        val until = System.nanoTime() + TimeUnit.SECONDS.toNanos(20)
        while (!happened()) {
            check(System.nanoTime() < until) { "$what nothing happened" }
            Thread.sleep(10)
        }
    }

    @Test
    fun `once closed nothing is read any more`() {
        Stores.play { AdvertisingIdClient.Info(ID, false) }
        val consent = phone.launch()
        consent.grant("ad_id.measurement")
        consent.close()
        consent.close()
        phone.comesToTheFront()
        assertEquals(0, AdvertisingIdClient.asked.get())
        assertFalse(consent.allows("ad_id.measurement"))
    }

    private fun Consent.id(): AdvertisingId = runBlocking { advertisingId("ad_id.measurement") }

    /** The time-out is the wrapper's own and no app's to set. */
    private fun ConsentOptions.waitForTheProvider(millis: Long) {
        javaClass.methods.single { it.name.startsWith("setAdvertisingIdTimeoutMillis") }.invoke(this, millis)
    }
}

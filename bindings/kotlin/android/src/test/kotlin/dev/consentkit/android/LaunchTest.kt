package dev.consentkit.android

import android.app.NotificationManager
import android.content.Context
import com.google.android.gms.ads.identifier.AdvertisingIdClient
import dev.consentkit.AdvertisingIdSignal
import dev.consentkit.AdvertisingId
import dev.consentkit.ConsentException
import dev.consentkit.ConsentLog
import dev.consentkit.HttpTransport
import dev.consentkit.Prompt
import dev.consentkit.PushPermission
import dev.consentkit.Reason
import dev.consentkit.Status
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import org.junit.Rule
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.Shadows.shadowOf
import java.io.File
import java.util.Collections
import java.util.concurrent.LinkedBlockingQueue
import java.util.concurrent.TimeUnit
import java.util.concurrent.atomic.AtomicInteger
import kotlin.coroutines.CoroutineContext
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertFalse
import kotlin.test.assertTrue

/** The first launch, and the process that dies and starts again on the same file. */
@RunWith(RobolectricTestRunner::class)
class LaunchTest {
    @get:Rule
    val phone = Phone()

    @Test
    fun `a first launch allows nothing, sends nothing and does not ask for the advertising id`() {
        val requests = AtomicInteger()
        val consent = phone.launch {
            server = "https://consent.example"
            transport = HttpTransport { requests.incrementAndGet(); throw IllegalStateException("nothing may be sent") }
        }
        phone.comesToTheFront()
        assertTrue(consent.snapshot.answers.filter { it.purpose.startsWith("ad_id.") }.all { it.reasons.contains(Reason.NotAnswered) })
        val answer = runBlocking {
            consent.sync()
            consent.advertisingId("ad_id.measurement")
        }
        assertEquals(AdvertisingId.Refused(listOf(Reason.NotAnswered)), answer)
        assertEquals(0, requests.get(), "requests (KR-19)")
        assertEquals(0, AdvertisingIdClient.asked.get(), "questions to Play (KR-19)")
    }

    @Test
    fun `the database lies where no backup looks, with its marker beside it`() {
        phone.launch()
        val folder = File(phone.application.noBackupFilesDir, "consentkit")
        assertEquals(setOf("consent.db", "installation"), folder.list().orEmpty().filterNot { it.contains("-") }.toSet())
        assertFalse(phone.application.filesDir.walk().any { it.extension == "db" })
    }

    @Test
    fun `a database that came from another phone begins a new installation, and its grants are asked again`() {
        phone.launch().apply {
            grant("cookies.analytics")
            close()
        }
        File(phone.application.noBackupFilesDir, "consentkit/installation").writeText("another phone's")
        val consent = phone.launch()
        assertFalse(consent.allows("cookies.analytics"))
        assertEquals(listOf("ask_again:restored"), consent.explain("cookies.analytics").reasons.map { it.code })
    }

    @Test
    fun `what was said before the process died is there in the next one`() {
        val killed = phone.launch()
        killed.grant("cookies.analytics", "ad_id.measurement")
        Stores.play { AdvertisingIdClient.Info(ID, false) }
        // Nobody closes a process that the system kills.
        val next = phone.launch()
        assertTrue(next.allows("cookies.analytics"))
        assertEquals(AdvertisingId.Available(ID), runBlocking { next.advertisingId("ad_id.measurement") })
        assertTrue(runBlocking { next.verify() }.ok)
    }

    @Test
    fun `an opt-out between two launches counts from the first moment of the second`() {
        Stores.play { AdvertisingIdClient.Info(ID, false) }
        phone.launch().apply {
            grant("ad_id.measurement")
            assertEquals(AdvertisingId.Available(ID), runBlocking { advertisingId("ad_id.measurement") })
            close()
        }
        Stores.play { AdvertisingIdClient.Info(ZEROS, true) }
        val consent = phone.launch()
        assertFalse(consent.allows("ad_id.measurement"))
        assertEquals(listOf<Reason>(Reason.AdIdLimited), consent.explain("ad_id.measurement").reasons)
        assertEquals(Status.GRANTED, consent.snapshot.answer("ad_id.measurement")?.status, "what the person said is not touched (OPT-2)")
    }

    @Test
    fun `two processes of the app may have the same file open`() {
        val one = phone.launch()
        val other = phone.launch()
        one.grant("cookies.analytics")
        runBlocking { other.refresh() }
        assertTrue(other.allows("cookies.analytics"))
    }

    @Test
    fun `a policy with faults is told, and the app is not left with half an open file`() {
        val fault = runCatching { runBlocking { ConsentAndroid.open(phone.application, "{}") } }.exceptionOrNull()
        assertTrue(fault is ConsentException.PolicyInvalid, "$fault")
        assertFalse(phone.launch().allows("cookies.analytics"))
    }

    @Test
    fun `what was opened for a screen that is gone meanwhile is closed again`() {
        val told = Collections.synchronizedList(mutableListOf<String>())
        // Runs what is handed to it when the test says so: the screen's own thread, busy while the file is opened.
        val screen = LinkedBlockingQueue<Runnable>()
        val busy = object : CoroutineDispatcher() {
            override fun dispatch(context: CoroutineContext, block: Runnable) = screen.put(block)
        }
        val opening = CoroutineScope(busy).launch { ConsentAndroid.open(phone.application, Phone.POLICY) { log = ConsentLog { told += it.name } } }
        screen.take().run()
        val resumes = screen.take()
        opening.cancel()
        resumes.run()
        while (!opening.isCompleted) screen.poll(10, TimeUnit.SECONDS)?.run() ?: break
        assertEquals(listOf("opened", "signals_reported", "closed"), told.toList())
        assertTrue(opening.isCancelled)
    }

    @Test
    fun `the person's language, the versions and the platform are the device's`() {
        val consent = phone.launch()
        assertEquals("en", runBlocking { consent.policy() }.language)
        val record = consent.grant("cookies.analytics").items.single()
        assertEquals("en", runBlocking { consent.history(after = record.seq - 1, limit = 1) }.single().language)
    }

    @Test
    fun `notifications that are turned off are reported, and are no answer about marketing`() {
        val notifications = phone.application.getSystemService(NotificationManager::class.java)
        shadowOf(notifications).setNotificationsEnabled(true)
        val consent = phone.launch()
        assertEquals(PushPermission.GRANTED, consent.snapshot.signals.push)
        consent.grant("marketing.data_use", "marketing.push")
        assertTrue(consent.allows("marketing.push"))

        phone.comesToTheFront()
        phone.goesToTheBack()
        shadowOf(notifications).setNotificationsEnabled(false)
        phone.comesToTheFront()
        val after = consent.awaits { it.pushBlocked }
        assertTrue(after.answer("marketing.push")!!.let { it.allowed && it.osBlocked }, "KR-6")
    }

    @Test
    fun `from Android 13 on nobody was asked about notifications until the app asks`() {
        phone.application.applicationInfo.targetSdkVersion = 33
        shadowOf(phone.application.getSystemService(NotificationManager::class.java)).setNotificationsEnabled(false)
        val consent = phone.launch()
        consent.grant("marketing.data_use", "marketing.push")
        val prompt = if (android.os.Build.VERSION.SDK_INT >= 33) Prompt.PUSH else null
        assertEquals(prompt, consent.nextPrompt())
    }

    @Test
    fun `a context without an application is refused with a reason`() {
        val early = object : android.content.ContextWrapper(phone.application) {
            override fun getApplicationContext(): Context? = null
        }
        val fault = assertFailsWith<ConsentException.Invalid> { runBlocking { ConsentAndroid.open(early, Phone.POLICY) } }
        assertEquals("context", fault.field)
    }

    @Test
    fun `a signal that nobody changed writes nothing`() {
        val consent = phone.launch()
        val before = runBlocking { consent.history() }.size
        phone.launch()
        assertEquals(before, runBlocking { consent.history() }.size)
        assertEquals(null, consent.snapshot.signals.adId as AdvertisingIdSignal?)
    }
}

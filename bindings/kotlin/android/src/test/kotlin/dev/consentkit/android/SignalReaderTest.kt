package dev.consentkit.android

import android.app.Activity
import android.app.Application
import android.app.NotificationManager
import android.content.Context
import android.content.ContextWrapper
import com.google.android.gms.ads.identifier.AdvertisingIdClient
import dev.consentkit.Consent
import dev.consentkit.ConsentException
import dev.consentkit.ConsentLog
import dev.consentkit.PushPermission
import dev.consentkit.Signals
import kotlinx.coroutines.runBlocking
import org.junit.Rule
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config
import kotlin.test.assertEquals
import kotlin.test.assertFalse

/** Nothing that goes wrong while signals are read may end the app, or keep it from starting. */
@RunWith(RobolectricTestRunner::class)
class SignalReaderTest {
    @get:Rule
    val phone = Phone()

    private fun read(consent: Consent, context: Context = phone.application, log: ConsentLog? = null) =
        runBlocking { SignalReader(context, asksForId = true, log = log).read(consent, pushWasRefused = false) }

    @Test
    fun `a log that throws is no reason to end the app`() {
        val consent = phone.launch().also { it.close() }
        val told = mutableListOf<String>()
        read(consent) {
            told += it.name
            throw IllegalStateException("host code")
        }
        assertEquals(listOf("signals_not_recorded"), told.distinct())
    }

    @Test
    fun `an app whose signals cannot be recorded and whose log throws starts all the same`() {
        val broken = object : Consent by phone.launch() {
            override suspend fun reportSignals(signals: Signals) = throw ConsentException.StoreUnavailable("the disk is full", 13)
        }
        val reader = SignalReader(phone.application, asksForId = false, log = { throw IllegalStateException("host code") })
        val opened = ForegroundConsent(broken, phone.application).also { runBlocking { it.start(reader) } }
        phone.comesToTheFront()
        assertFalse(opened.allows("cookies.analytics"))
        opened.close()
    }

    @Test
    fun `where notifications cannot be read the last reading stands, and the advertising id is read all the same`() {
        shadowOf(phone.application.getSystemService(NotificationManager::class.java)).setNotificationsEnabled(true)
        Stores.play { AdvertisingIdClient.Info(ID, false) }
        val consent = phone.launch()
        consent.grant("ad_id.measurement")
        assertEquals(PushPermission.GRANTED, consent.snapshot.signals.push)

        val before = AdvertisingIdClient.asked.get()
        read(consent, Dying(phone.application))
        assertEquals(PushPermission.GRANTED, consent.snapshot.signals.push)
        assertEquals(before + 1, AdvertisingIdClient.asked.get())
    }

    @Test
    fun `a signal that cannot be recorded does not keep the next one from being read`() {
        Stores.play { AdvertisingIdClient.Info(ID, false) }
        val consent = phone.launch()
        consent.grant("ad_id.measurement")
        val broken = object : Consent by consent {
            override suspend fun reportSignals(signals: Signals) = throw IllegalStateException("a fault of the library")
        }
        val told = mutableListOf<String>()
        read(broken) { told += it.name }
        assertEquals(listOf("signals_not_recorded"), told)
        assertEquals(1, AdvertisingIdClient.asked.get())
    }

    @Test
    @Config(sdk = [35])
    fun `an activity that cannot tell of a refusal tells of none`() {
        val activity = Robolectric.buildActivity(Mute::class.java).get()
        assertFalse(SignalReader(phone.application, asksForId = false, log = null).pushWasRefused(activity))
    }

    /** A phone whose notification service has died. */
    private class Dying(application: Application) : ContextWrapper(application) {
        override fun getSystemService(name: String): Any? =
            if (name == Context.NOTIFICATION_SERVICE) throw SecurityException("dead") else super.getSystemService(name)
    }

    /** Some makers' package manager throws here. */
    class Mute : Activity() {
        override fun shouldShowRequestPermissionRationale(permission: String): Boolean = throw SecurityException("dead")
    }
}

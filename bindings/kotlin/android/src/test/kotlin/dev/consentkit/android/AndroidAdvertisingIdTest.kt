package dev.consentkit.android

import android.app.Application
import android.os.Build
import android.os.Looper
import android.provider.Settings
import com.google.android.gms.common.GooglePlayServicesNotAvailableException
import com.google.android.gms.common.GooglePlayServicesRepairableException
import dev.consentkit.AdvertisingIdAnswer
import dev.consentkit.AdvertisingIdUnavailable
import org.junit.Before
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.util.ReflectionHelpers
import java.io.IOException
import java.util.concurrent.Executors
import kotlin.test.assertEquals
import com.google.android.gms.ads.identifier.AdvertisingIdClient as Play
import com.huawei.hms.ads.identifier.AdvertisingIdClient as Huawei

/** AND-1 to AND-3, AND-6, AND-7: what each platform says, and what comes of it. */
@RunWith(RobolectricTestRunner::class)
class AndroidAdvertisingIdTest {
    private val application: Application = RuntimeEnvironment.getApplication()

    @Before
    fun aPhoneWithPlayAlone() {
        Stores.reset()
        Stores.play { Play.Info(ID, false) }
    }

    @Test
    fun `Play answers with the id and its limit flag, as they are`() {
        assertEquals(AdvertisingIdAnswer.Id(ID, false), ask())
        Stores.play { Play.Info(ID, true) }
        assertEquals(AdvertisingIdAnswer.Id(ID, true), ask())
        Stores.play { Play.Info(ZEROS, false) }
        assertEquals(AdvertisingIdAnswer.Id(ZEROS, false), ask())
    }

    @Test
    fun `each documented failure of Play has its own kind, and none is a crash`() {
        val kinds = mapOf<Throwable, AdvertisingIdUnavailable>(
            IOException("no connection") to AdvertisingIdUnavailable.FAILED,
            GooglePlayServicesNotAvailableException(9) to AdvertisingIdUnavailable.NO_PLAY_SERVICES,
            GooglePlayServicesRepairableException(2, "update") to AdvertisingIdUnavailable.PLAY_SERVICES_REPAIRABLE,
            IllegalStateException("main thread") to AdvertisingIdUnavailable.MAIN_THREAD,
            SecurityException("not allowed") to AdvertisingIdUnavailable.FAILED,
        )
        for ((thrown, kind) in kinds) {
            Stores.play { throw thrown }
            assertEquals(AdvertisingIdAnswer.Unavailable(kind), ask(), thrown.toString())
        }
        Stores.play { null }
        assertEquals(AdvertisingIdAnswer.Unavailable(AdvertisingIdUnavailable.FAILED), ask(), "no info")
    }

    @Test
    fun `an app without Play's library has no provider`() {
        assertEquals(AdvertisingIdAnswer.Unavailable(AdvertisingIdUnavailable.NO_PROVIDER), ask(Stores.without(Stores.PLAY, Stores.HUAWEI)))
        assertEquals(0, Play.asked.get())
    }

    @Test
    fun `on the main thread nobody is asked`() {
        check(Looper.getMainLooper().isCurrentThread)
        val answer = AndroidAdvertisingId(application).advertisingId()
        assertEquals(AdvertisingIdAnswer.Unavailable(AdvertisingIdUnavailable.MAIN_THREAD), answer)
        assertEquals(0, Play.asked.get())
    }

    @Test
    fun `from target 33 on an app without the permission is told so, and does not ask`() {
        application.applicationInfo.targetSdkVersion = 33
        assertEquals(AdvertisingIdAnswer.Unavailable(AdvertisingIdUnavailable.PERMISSION_MISSING), ask())
        assertEquals(0, Play.asked.get())
        Stores.declarePermission(application)
        assertEquals(AdvertisingIdAnswer.Id(ID, false), ask())
    }

    @Test
    fun `Huawei answers where Play is not on the phone`() {
        Huawei.available = true
        Huawei.info = Huawei.Info(OTHER, true)
        for (absent in listOf(Stores.without(Stores.PLAY), Stores.all())) {
            Stores.play { throw GooglePlayServicesNotAvailableException(1) }
            assertEquals(AdvertisingIdAnswer.Id(OTHER, true), ask(absent))
        }
        Huawei.info = null
        assertEquals(AdvertisingIdAnswer.Unavailable(AdvertisingIdUnavailable.FAILED), ask(), "HMS that does not answer")
    }

    @Test
    fun `a failure of Play is not another platform's turn`() {
        Huawei.available = true
        Huawei.info = Huawei.Info(OTHER, false)
        Stores.play { throw IOException() }
        assertEquals(AdvertisingIdAnswer.Unavailable(AdvertisingIdUnavailable.FAILED), ask())
    }

    @Test
    fun `Fire OS answers from its settings, and a missing entry is a limit`() {
        Stores.play { throw GooglePlayServicesNotAvailableException(1) }
        ReflectionHelpers.setStaticField(Build::class.java, "MANUFACTURER", "Amazon")
        assertEquals(AdvertisingIdAnswer.Id("", true), ask(), "neither entry")
        Settings.Secure.putString(application.contentResolver, "advertising_id", ID)
        assertEquals(AdvertisingIdAnswer.Id(ID, true), ask(), "an id, and no flag")
        Settings.Secure.putInt(application.contentResolver, "limit_ad_tracking", 1)
        assertEquals(AdvertisingIdAnswer.Id(ID, true), ask())
        Settings.Secure.putInt(application.contentResolver, "limit_ad_tracking", 0)
        assertEquals(AdvertisingIdAnswer.Id(ID, false), ask())
        Settings.Secure.putString(application.contentResolver, "limit_ad_tracking", "no number")
        assertEquals(AdvertisingIdAnswer.Id(ID, true), ask(), "a flag that says nothing")
    }

    @Test
    fun `the entries of Fire OS mean nothing on another maker's device`() {
        Settings.Secure.putString(application.contentResolver, "advertising_id", ID)
        Settings.Secure.putInt(application.contentResolver, "limit_ad_tracking", 0)
        assertEquals(AdvertisingIdAnswer.Unavailable(AdvertisingIdUnavailable.NO_PROVIDER), ask(Stores.without(Stores.PLAY, Stores.HUAWEI)))
    }

    /** Asks on a worker, as `Consent` does. */
    private fun ask(clients: ClassLoader = Stores.all()): AdvertisingIdAnswer {
        val worker = Executors.newSingleThreadExecutor()
        try {
            return worker.submit<AdvertisingIdAnswer> { AndroidAdvertisingId(application, clients).advertisingId() }.get()
        } finally {
            worker.shutdown()
        }
    }
}

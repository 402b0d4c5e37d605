package dev.consentkit.android

import android.app.Application
import android.os.Build
import org.robolectric.Shadows.shadowOf
import org.robolectric.util.ReflectionHelpers
import java.util.concurrent.Callable
import com.google.android.gms.ads.identifier.AdvertisingIdClient as Play
import com.huawei.hms.ads.identifier.AdvertisingIdClient as Huawei

/** An id as the platforms give one. */
const val ID = "38400000-8cf0-11bd-b23e-10b96e40000d"

/** Another one. */
const val OTHER = "cdda802e-fb9c-47ad-9866-0794d394c912"

/** What Play gives to a person who opted out. */
const val ZEROS = "00000000-0000-0000-0000-000000000000"

/** The stores' own services on the phone of a test. */
object Stores {
    const val PLAY = "com.google.android.gms.ads.identifier.AdvertisingIdClient"
    const val HUAWEI = "com.huawei.hms.ads.identifier.AdvertisingIdClient"

    /** Says what Play answers from now on. */
    fun play(answer: Callable<Play.Info?>) {
        Play.answer = answer
    }

    /** A phone of no maker in particular, on which no store answers. */
    fun reset() {
        play { null }
        Play.asked.set(0)
        Huawei.available = false
        Huawei.info = null
        ReflectionHelpers.setStaticField(Build::class.java, "MANUFACTURER", "unknown")
    }

    /** Both libraries are in the app. */
    fun all(): ClassLoader = Stores::class.java.classLoader!!

    /** An app without these libraries. */
    fun without(vararg names: String): ClassLoader = object : ClassLoader(all()) {
        override fun loadClass(name: String, resolve: Boolean): Class<*> =
            if (name in names) throw ClassNotFoundException(name) else super.loadClass(name, resolve)
    }

    /** The merged manifest asks for the advertising id (AND-3). */
    fun declarePermission(application: Application) {
        val info = shadowOf(application.packageManager).getInternalMutablePackageInfo(application.packageName)
        info.requestedPermissions = arrayOf("com.google.android.gms.permission.AD_ID")
    }
}

package dev.consentkit.android

import android.content.Context
import android.os.Looper
import dev.consentkit.AdvertisingIdAnswer
import dev.consentkit.AdvertisingIdUnavailable
import dev.consentkit.AdvertisingIdSource

/**
 * Asks this device for its advertising id: Google Play services, else Huawei Mobile Services, else Fire OS, else there is none (AND-7).
 *
 * [ConsentAndroid.open] brings it along. None of the three is a dependency: Play and HMS are found by reflection where the app has
 * them. Zeros and limit flags are handed on as they came; the core judges them (AND-2). Blocks on the platform, and answers
 * [AdvertisingIdUnavailable.MAIN_THREAD] where it is called on the main thread (AND-1). `Consent` calls it on a worker, waits three seconds at
 * most, and calls it only after the decision allowed it: never call it yourself.
 */
public class AndroidAdvertisingId internal constructor(context: Context, clients: ClassLoader) : AdvertisingIdSource {
    private val providers: List<Provider>

    public constructor(context: Context) : this(context, AndroidAdvertisingId::class.java.classLoader!!)

    init {
        val application = given("context", context).let { it.applicationContext ?: it }
        providers = listOf(
            PlayAdvertisingId(application, clients),
            HuaweiAdvertisingId(application, clients),
            FireOsAdvertisingId(application),
        )
    }

    override fun advertisingId(): AdvertisingIdAnswer {
        if (Looper.getMainLooper().isCurrentThread) return AdvertisingIdAnswer.Unavailable(AdvertisingIdUnavailable.MAIN_THREAD)
        var why = AdvertisingIdUnavailable.NO_PROVIDER
        for (provider in providers) {
            when (val found = provider.ask()) {
                is Found.Answer -> return found.answer
                is Found.Absent -> if (why == AdvertisingIdUnavailable.NO_PROVIDER) why = found.why
            }
        }
        return AdvertisingIdAnswer.Unavailable(why)
    }
}

/** One platform's advertising id. */
internal interface Provider {
    /** Blocks. Throws nothing. */
    fun ask(): Found
}

/** What one provider found. */
internal sealed class Found {
    /** It is this device's, and this is its word, also where that is a failure: another platform's id would be a stranger's (AND-4). */
    class Answer(val answer: AdvertisingIdAnswer) : Found()

    /** It is not on this device: the next one is asked. */
    class Absent(val why: AdvertisingIdUnavailable = AdvertisingIdUnavailable.NO_PROVIDER) : Found()
}

internal fun failed(why: AdvertisingIdUnavailable): Found = Found.Answer(AdvertisingIdAnswer.Unavailable(why))

package dev.consentkit.testing

import dev.consentkit.AdvertisingIdAnswer
import dev.consentkit.AdvertisingIdUnavailable
import dev.consentkit.AdvertisingIdSource
import java.util.concurrent.atomic.AtomicInteger

/** A source of the advertising id that answers as it was told. May be used from any thread. */
public class ScriptedAdvertisingId : AdvertisingIdSource {
    private val times = AtomicInteger()

    @Volatile
    private var answer: () -> AdvertisingIdAnswer = { AdvertisingIdAnswer.Id(AN_ID, false) }

    /** How often it was asked. Where the decision refuses, it must not be. */
    public val asked: Int get() = times.get()

    /** The platform gives this value from now on; [limited] is the platform's own opt-out. */
    @JvmOverloads
    public fun gives(value: String = AN_ID, limited: Boolean = false): ScriptedAdvertisingId = says(AdvertisingIdAnswer.Id(value, limited))

    /** The platform gives none from now on. */
    public fun unavailable(kind: AdvertisingIdUnavailable): ScriptedAdvertisingId = says(AdvertisingIdAnswer.Unavailable(kind))

    /** The platform's provider throws from now on. */
    public fun throws(failure: RuntimeException): ScriptedAdvertisingId = apply { answer = { throw failure } }

    private fun says(said: AdvertisingIdAnswer): ScriptedAdvertisingId = apply { answer = { said } }

    override fun advertisingId(): AdvertisingIdAnswer {
        times.incrementAndGet()
        return answer()
    }

    /** What it gives unless told otherwise. */
    public companion object {
        /** An id of the documented form, nobody's. */
        public const val AN_ID: String = "38400000-8cf0-11bd-b23e-10b96e40000d"
    }
}

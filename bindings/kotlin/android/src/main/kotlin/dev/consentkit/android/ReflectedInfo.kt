package dev.consentkit.android

import android.content.Context
import dev.consentkit.AdvertisingIdAnswer
import dev.consentkit.AdvertisingIdUnavailable
import java.lang.reflect.InvocationTargetException

/** The client class of that name, or `null` where the app does not have it. */
internal fun ClassLoader.client(name: String): Class<*>? = try {
    Class.forName(name, true, this)
} catch (_: ClassNotFoundException) {
    null
} catch (_: LinkageError) {
    // Half of the library is there: it cannot be asked.
    null
}

/**
 * Calls `getAdvertisingIdInfo(context)` and reads the `Info` it returns: Google and Huawei gave theirs one shape.
 *
 * @param failure what a thrown exception means.
 */
internal fun askClient(client: Class<*>, context: Context, failure: (Throwable) -> Found): Found = try {
    val info = client.getMethod("getAdvertisingIdInfo", Context::class.java).invoke(null, context)
    if (info == null) failed(AdvertisingIdUnavailable.FAILED) else Found.Answer(read(info))
} catch (thrown: InvocationTargetException) {
    failure(thrown.targetException)
} catch (_: ReflectiveOperationException) {
    failed(AdvertisingIdUnavailable.FAILED)
} catch (_: ClassCastException) {
    failed(AdvertisingIdUnavailable.FAILED)
} catch (_: LinkageError) {
    failed(AdvertisingIdUnavailable.FAILED)
}

private fun read(info: Any): AdvertisingIdAnswer {
    val value = info.javaClass.getMethod("getId").invoke(info) as String?
    val limited = info.javaClass.getMethod("isLimitAdTrackingEnabled").invoke(info) as Boolean?
    // A platform that has the flag and does not say is taken to limit.
    return AdvertisingIdAnswer.Id(value.orEmpty(), limited ?: true)
}

package dev.consentkit.android

import android.content.Context
import dev.consentkit.AdvertisingIdUnavailable

/** The advertising id of Huawei Mobile Services, the OAID (AND-7). */
internal class HuaweiAdvertisingId(private val context: Context, private val clients: ClassLoader) : Provider {
    override fun ask(): Found {
        val client = clients.client(CLIENT) ?: return Found.Absent()
        // An app for several stores has the library on phones of other makers, too; asked there, it fails like a broken HMS.
        if (!isOnThisDevice(client)) return Found.Absent()
        return askClient(client, context) { failed(AdvertisingIdUnavailable.FAILED) }
    }

    private fun isOnThisDevice(client: Class<*>): Boolean = try {
        client.getMethod("isAdvertisingIdAvailable", Context::class.java).invoke(null, context) as Boolean
    } catch (_: NoSuchMethodException) {
        // An older library cannot tell.
        true
    } catch (_: ReflectiveOperationException) {
        false
    } catch (_: LinkageError) {
        false
    }

    private companion object {
        const val CLIENT = "com.huawei.hms.ads.identifier.AdvertisingIdClient"
    }
}

package dev.consentkit.android

import android.content.Context
import android.content.pm.PackageManager
import dev.consentkit.AdvertisingIdUnavailable

/** The advertising id of Google Play services, each documented failure told apart (AND-1, AND-3). */
internal class PlayAdvertisingId(private val context: Context, private val clients: ClassLoader) : Provider {
    override fun ask(): Found {
        val client = clients.client(CLIENT) ?: return Found.Absent()
        if (!mayAsk()) return failed(AdvertisingIdUnavailable.PERMISSION_MISSING)
        return askClient(client, context) { thrown ->
            when {
                thrown.isA(NOT_AVAILABLE) -> Found.Absent(AdvertisingIdUnavailable.NO_PLAY_SERVICES)
                thrown.isA(REPAIRABLE) -> failed(AdvertisingIdUnavailable.PLAY_SERVICES_REPAIRABLE)
                // The one documented cause of it.
                thrown is IllegalStateException -> failed(AdvertisingIdUnavailable.MAIN_THREAD)
                else -> failed(AdvertisingIdUnavailable.FAILED)
            }
        }
    }

    /** From target 33 on Play answers zeros to an app without the permission: a fault of the build, not a wish of the person. */
    private fun mayAsk(): Boolean {
        if (context.applicationInfo.targetSdkVersion < TARGET_THAT_NEEDS_IT) return true
        val requested = try {
            context.packageManager.getPackageInfo(context.packageName, PackageManager.GET_PERMISSIONS).requestedPermissions
        } catch (_: PackageManager.NameNotFoundException) {
            null
        }
        return requested.orEmpty().contains(PERMISSION)
    }

    private companion object {
        const val CLIENT = "com.google.android.gms.ads.identifier.AdvertisingIdClient"
        const val NOT_AVAILABLE = "com.google.android.gms.common.GooglePlayServicesNotAvailableException"
        const val REPAIRABLE = "com.google.android.gms.common.GooglePlayServicesRepairableException"
        const val PERMISSION = "com.google.android.gms.permission.AD_ID"
        const val TARGET_THAT_NEEDS_IT = 33
    }
}

/** By name: the app may lack the class, or have another copy of it. */
private fun Throwable.isA(name: String): Boolean = generateSequence<Class<*>>(javaClass) { it.superclass }.any { it.name == name }

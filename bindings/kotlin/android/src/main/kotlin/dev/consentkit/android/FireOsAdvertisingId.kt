package dev.consentkit.android

import android.content.Context
import android.provider.Settings
import dev.consentkit.AdvertisingIdAnswer
import dev.consentkit.AdvertisingIdUnavailable

/** The advertising id of Fire OS, two entries of the system's settings (AND-6). */
internal class FireOsAdvertisingId(private val context: Context) : Provider {
    override fun ask(): Found {
        if (!isFireOs()) return Found.Absent()
        return try {
            val limited = Settings.Secure.getInt(context.contentResolver, LIMIT, LIMITED) != TRACKING_ALLOWED
            Found.Answer(AdvertisingIdAnswer.Id(Settings.Secure.getString(context.contentResolver, ID).orEmpty(), limited))
        } catch (_: SecurityException) {
            failed(AdvertisingIdUnavailable.FAILED)
        }
    }

    private companion object {
        const val ID = "advertising_id"
        const val LIMIT = "limit_ad_tracking"
        const val TRACKING_ALLOWED = 0

        /** What a missing or unreadable entry means, too. */
        const val LIMITED = 1
    }
}

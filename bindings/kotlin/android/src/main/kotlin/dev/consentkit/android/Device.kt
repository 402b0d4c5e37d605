package dev.consentkit.android

import android.content.Context
import android.content.pm.PackageManager
import android.os.Build
import dev.consentkit.Platform

/** Amazon's devices name their maker; Fire OS has no other mark that tablets and television sets share. */
internal fun isFireOs(): Boolean = Build.MANUFACTURER.equals("Amazon", ignoreCase = true)

/** Whose Android this is: it decides which way out the policy shows the person. Asks the package manager: not on the main thread. */
internal fun platformOf(context: Context): Platform = when {
    isFireOs() -> Platform.FIRE_OS
    has(context, "com.google.android.gms") -> Platform.ANDROID
    has(context, "com.huawei.hwid") -> Platform.HARMONY
    else -> Platform.ANDROID
}

/** The manifest names both packages under `queries`; from Android 11 on they would be invisible otherwise. */
private fun has(context: Context, name: String): Boolean = try {
    context.packageManager.getPackageInfo(name, 0)
    true
} catch (_: PackageManager.NameNotFoundException) {
    false
}

/** The language the app is shown in, BCP 47. */
internal fun languageOf(context: Context): String = context.resources.configuration.locales[0].toLanguageTag()

/** The app's version for the records; empty where it has none. */
internal fun appVersionOf(context: Context): String = try {
    context.packageManager.getPackageInfo(context.packageName, 0).versionName.orEmpty()
} catch (_: PackageManager.NameNotFoundException) {
    ""
}

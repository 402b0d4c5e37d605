package dev.consentkit.android.recipes

import android.app.Application
import android.content.Context
import androidx.work.Constraints
import androidx.work.CoroutineWorker
import androidx.work.ExistingPeriodicWorkPolicy
import androidx.work.NetworkType
import androidx.work.PeriodicWorkRequestBuilder
import androidx.work.WorkManager
import androidx.work.WorkerParameters
import dev.consentkit.Consent
import dev.consentkit.android.BackgroundSync
import java.util.concurrent.TimeUnit

/** Yours: whatever keeps the app's one `Consent`. */
interface HasConsent {
    val consent: Consent
}

class App : Application(), HasConsent {
    override val consent: Consent by lazy { consentOf(this) }
}

class ConsentSyncWorker(context: Context, parameters: WorkerParameters) : CoroutineWorker(context, parameters) {
    override suspend fun doWork(): Result = when (BackgroundSync.run((applicationContext as HasConsent).consent)) {
        BackgroundSync.Outcome.SUCCESS -> Result.success()
        BackgroundSync.Outcome.RETRY -> Result.retry()
    }
}

fun scheduleSync(context: Context) {
    val connected = Constraints.Builder().setRequiredNetworkType(NetworkType.CONNECTED).build()
    val request = PeriodicWorkRequestBuilder<ConsentSyncWorker>(6, TimeUnit.HOURS).setConstraints(connected).build()
    WorkManager.getInstance(context).enqueueUniquePeriodicWork("consentkit", ExistingPeriodicWorkPolicy.KEEP, request)
}

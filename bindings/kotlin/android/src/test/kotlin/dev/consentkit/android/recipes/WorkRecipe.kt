package dev.consentkit.android.recipes

import android.content.Context
import androidx.work.Constraints
import androidx.work.CoroutineWorker
import androidx.work.ExistingPeriodicWorkPolicy
import androidx.work.NetworkType
import androidx.work.PeriodicWorkRequestBuilder
import androidx.work.WorkManager
import androidx.work.WorkerParameters
import dev.consentkit.Consent
import dev.consentkit.android.SyncWork
import java.util.concurrent.TimeUnit

/** Yours: the application that keeps the one `Consent`. */
interface HasConsent {
    suspend fun consent(): Consent
}

class ConsentSyncWorker(context: Context, parameters: WorkerParameters) : CoroutineWorker(context, parameters) {
    override suspend fun doWork(): Result = when (SyncWork().run((applicationContext as HasConsent).consent())) {
        SyncWork.Outcome.SUCCESS -> Result.success()
        SyncWork.Outcome.RETRY -> Result.retry()
    }
}

fun scheduleSync(context: Context) {
    val connected = Constraints.Builder().setRequiredNetworkType(NetworkType.CONNECTED).build()
    val request = PeriodicWorkRequestBuilder<ConsentSyncWorker>(6, TimeUnit.HOURS).setConstraints(connected).build()
    WorkManager.getInstance(context).enqueueUniquePeriodicWork("consentkit", ExistingPeriodicWorkPolicy.KEEP, request)
}

package androidx.work

import android.content.Context
import java.util.concurrent.TimeUnit

/** Stand-in, of the shape of WorkManager's. */
abstract class CoroutineWorker(context: Context, parameters: WorkerParameters) : ListenableWorker(context, parameters) {
    abstract suspend fun doWork(): Result
}

/** Stand-in. */
enum class NetworkType { CONNECTED }

/** Stand-in. */
enum class ExistingPeriodicWorkPolicy { KEEP }

/** Stand-in. */
class Constraints private constructor(val network: NetworkType?) {
    class Builder {
        private var network: NetworkType? = null

        fun setRequiredNetworkType(type: NetworkType): Builder = apply { network = type }

        fun build() = Constraints(network)
    }
}

/** Stand-in. */
class PeriodicWorkRequest(val worker: Class<out ListenableWorker>, val constraints: Constraints?) {
    class Builder(private val worker: Class<out ListenableWorker>) {
        private var constraints: Constraints? = null

        fun setConstraints(constraints: Constraints): Builder = apply { this.constraints = constraints }

        fun build() = PeriodicWorkRequest(worker, constraints)
    }
}

/** Stand-in. */
@Suppress("UNUSED_PARAMETER")
inline fun <reified W : ListenableWorker> PeriodicWorkRequestBuilder(repeatInterval: Long, unit: TimeUnit) =
    PeriodicWorkRequest.Builder(W::class.java)

/** Stand-in: keeps what was enqueued. */
class WorkManager private constructor() {
    val enqueued = mutableMapOf<String, PeriodicWorkRequest>()

    @Suppress("UNUSED_PARAMETER")
    fun enqueueUniquePeriodicWork(name: String, policy: ExistingPeriodicWorkPolicy, request: PeriodicWorkRequest) {
        enqueued[name] = request
    }

    companion object {
        private val instance = WorkManager()

        @JvmStatic
        @Suppress("UNUSED_PARAMETER")
        fun getInstance(context: Context): WorkManager = instance
    }
}

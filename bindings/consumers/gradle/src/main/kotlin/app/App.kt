package app

import android.app.Application
import dev.consentkit.Consent
import dev.consentkit.android.ConsentAndroid
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.launch

/** Opens its one Consent as early as it can. The policy lies in src/main/assets/policy.json. */
class App : Application() {
    val consent = CompletableDeferred<Consent>()

    override fun onCreate() {
        super.onCreate()
        CoroutineScope(SupervisorJob() + Dispatchers.IO).launch {
            val policy = assets.open("policy.json").bufferedReader().use { it.readText() }
            consent.complete(ConsentAndroid.open(this@App, policy))
        }
    }
}

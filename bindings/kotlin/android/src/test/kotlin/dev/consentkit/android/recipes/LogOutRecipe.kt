package dev.consentkit.android.recipes

import androidx.lifecycle.ViewModel
import androidx.lifecycle.viewModelScope
import dev.consentkit.Consent
import dev.consentkit.SyncState
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.launch
import kotlin.time.Duration.Companion.seconds

/** Log-out: what waits is sent first, for five seconds at most, and what still waits is said. */
class LogOutViewModel(private val consent: Consent) : ViewModel() {
    val message = MutableStateFlow("")

    fun logOut() = viewModelScope.launch {
        val report = consent.signOut(within = 5.seconds)
        val noes = report.waiting.count { it.lowers }
        message.value = if (report.sync?.state == SyncState.UP_TO_DATE) "" else "$noes changes are sent later"
    }
}

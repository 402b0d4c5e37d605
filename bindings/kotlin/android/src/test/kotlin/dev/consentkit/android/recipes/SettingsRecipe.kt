package dev.consentkit.android.recipes

import androidx.lifecycle.ViewModel
import androidx.lifecycle.viewModelScope
import dev.consentkit.Consent
import dev.consentkit.ConsentException
import dev.consentkit.Questions
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.launch

/** One switch of the settings. */
class SwitchViewModel(private val consent: Consent, private val purpose: String) : ViewModel() {
    val isOn = consent.allowsFlow(purpose)
    val saved = MutableStateFlow(true)
    private var form: Questions? = null

    /** Whenever the screen comes to the front: its notices are read now, so what is agreed to is what stands there now. */
    fun appeared() = viewModelScope.launch { form = consent.questions("settings") }

    fun turn(on: Boolean) = viewModelScope.launch {
        try {
            val shown = form?.shown
            // Off needs no form. On answers a notice, so it needs the questions that were drawn.
            if (on && shown != null) consent.record(shown) { grant(purpose) } else if (!on) consent.withdraw(purpose)
            saved.value = true
        } catch (_: ConsentException.ShownRefused) {
            appeared()
        } catch (_: ConsentException.StoreUnavailable) {
            // The disk is full or locked. A no counts all the same, in memory; a yes did not happen.
            saved.value = consent.unrecorded().isEmpty()
        }
    }
}

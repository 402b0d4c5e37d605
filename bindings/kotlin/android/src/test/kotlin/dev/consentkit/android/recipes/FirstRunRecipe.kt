package dev.consentkit.android.recipes

import androidx.lifecycle.ViewModel
import androidx.lifecycle.viewModelScope
import dev.consentkit.Consent
import dev.consentkit.ConsentException
import dev.consentkit.Questions
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.launch

/** The form of the first run. */
class FirstRunViewModel(private val consent: Consent) : ViewModel() {
    /** The form to draw; `null` where nothing has to be asked. */
    val form = MutableStateFlow<Questions?>(null)

    fun ask() = viewModelScope.launch {
        form.value = consent.questions("first_run").takeIf { it.due }
    }

    fun answer(switches: Map<String, Boolean>) = viewModelScope.launch {
        val shown = form.value?.shown ?: return@launch
        try {
            consent.record(shown) { switches.forEach { (purpose, on) -> set(purpose, on) } }
            form.value = null
        } catch (_: ConsentException.ShownRefused) {
            ask() // Somebody signed in or out since, or the policy is another: what was read is not what would be agreed to.
        }
    }
}

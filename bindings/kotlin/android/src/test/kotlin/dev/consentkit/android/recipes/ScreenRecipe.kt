package dev.consentkit.android.recipes

import androidx.lifecycle.ViewModel
import androidx.lifecycle.viewModelScope
import dev.consentkit.Actor
import dev.consentkit.AgeBand
import dev.consentkit.Consent
import dev.consentkit.ConsentException
import dev.consentkit.Guardian
import dev.consentkit.Method
import dev.consentkit.Questions
import dev.consentkit.Signals
import dev.consentkit.SyncState
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.launch
import kotlin.time.Duration.Companion.seconds

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

/** Log-in, log-out and what is known of the person's age. */
class AccountViewModel(private val consent: Consent) : ViewModel() {
    val message = MutableStateFlow("")

    fun loggedIn(account: String, isChild: Boolean?, guardianIsVerified: Boolean) = viewModelScope.launch {
        consent.signIn(account)
        // Facts about the person in front of the screen: they end with a sign-in or sign-out, so they are said again after each.
        consent.reportSignals(
            Signals(
                age = when (isChild) {
                    null -> AgeBand.UNKNOWN
                    true -> AgeBand.BELOW
                    false -> AgeBand.ABOVE
                },
                guardian = if (guardianIsVerified) Guardian.VERIFIED else Guardian.NOT_VERIFIED,
            ),
        )
        // Another phone may have asked this person already.
        if (consent.questions("settings").pullFirst) consent.sync(within = 10.seconds)
    }

    /** The guardian agrees, on the guardian's own confirmation. */
    fun guardianAgreed(form: Questions, purpose: String) = viewModelScope.launch {
        consent.record(form.shown) { grant(purpose, Method.GUARDIAN, Actor.GUARDIAN) }
    }

    fun logOut() = viewModelScope.launch {
        val report = consent.signOut(within = 5.seconds)
        val noes = report.waiting.count { it.lowers }
        message.value = if (report.sync?.state == SyncState.UP_TO_DATE) "" else "$noes changes are sent later"
    }
}

package dev.consentkit.android.recipes

import androidx.lifecycle.ViewModel
import androidx.lifecycle.viewModelScope
import dev.consentkit.Actor
import dev.consentkit.AgeBand
import dev.consentkit.Consent
import dev.consentkit.Guardian
import dev.consentkit.Method
import dev.consentkit.Questions
import dev.consentkit.Signals
import kotlinx.coroutines.launch
import kotlin.time.Duration.Companion.seconds

/** Log-in, and what is known of the person's age. */
class LogInViewModel(private val consent: Consent) : ViewModel() {
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
}

package dev.consentkit.testing

import dev.consentkit.Answer
import dev.consentkit.ImportChoice
import dev.consentkit.Signals

/** Something the app did with its [FakeConsent]. A call that failed is not among them. */
sealed class FakeCall {
    /** It drew a form. */
    data class Asked(
        /** The form. */
        val surface: String,
    ) : FakeCall()

    /** It recorded the answers to a form. */
    data class Answered(
        /** The form. */
        val surface: String,
        /** The answers, as given. */
        val answers: List<Answer>,
    ) : FakeCall()

    /** It withdrew. */
    data class Withdrew(
        /** The purposes, as given. */
        val purposes: List<String>,
    ) : FakeCall()

    /** It brought consents from its older store. */
    data class Imported(
        /** The choices, as given. */
        val choices: List<ImportChoice>,
    ) : FakeCall()

    /** It signed somebody in. */
    class SignedIn(
        /** The account's pseudonym. */
        val subject: String,
    ) : FakeCall() {
        override fun equals(other: Any?): Boolean = other is SignedIn && other.subject == subject

        override fun hashCode(): Int = subject.hashCode()

        // A subject leads to a person, also in the report of a test.
        override fun toString(): String = "SignedIn"
    }

    /** It signed out. */
    object SignedOut : FakeCall()

    /** It reported what the platform says. */
    data class Reported(
        /** The signals, as given. */
        val signals: Signals,
    ) : FakeCall()

    /** It asked for the advertising id. */
    data class AskedAdvertisingId(
        /** For what. */
        val purpose: String,
    ) : FakeCall()

    /** It took over a policy. */
    data class AdoptedPolicy(
        /** Its edition. */
        val edition: Long,
    ) : FakeCall()

    /** It synced. */
    object Synced : FakeCall()

    /** It said that the network is back. */
    object ConnectivityRestored : FakeCall()

    /** It closed the `Consent`. */
    object Closed : FakeCall()

    override fun toString(): String = javaClass.simpleName
}

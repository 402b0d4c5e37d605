package dev.consentkit.testing

import dev.consentkit.Answer
import dev.consentkit.ImportChoice
import dev.consentkit.Signals

/** Something the app did with its [FakeConsent]. A call that failed is not among them. */
sealed class FakeCall {
    /** It drew a form. */
    data class Questions(
        /** The form. */
        val surface: String,
    ) : FakeCall()

    /** It recorded the answers to a form. */
    data class Record(
        /** The form. */
        val surface: String,
        /** The answers, as given. */
        val answers: List<Answer>,
    ) : FakeCall()

    /** It withdrew. */
    data class Withdraw(
        /** The purposes, as given. */
        val purposes: List<String>,
    ) : FakeCall()

    /** It brought consents from its older store. */
    data class Import(
        /** The choices, as given. */
        val choices: List<ImportChoice>,
    ) : FakeCall()

    /** It signed somebody in. */
    class SignIn(
        /** The account's pseudonym. */
        val subject: String,
    ) : FakeCall() {
        override fun equals(other: Any?): Boolean = other is SignIn && other.subject == subject

        override fun hashCode(): Int = subject.hashCode()

        // A subject leads to a person, also in the report of a test.
        override fun toString(): String = "SignIn"
    }

    /** It signed out. */
    object SignOut : FakeCall()

    /** It reported what the platform says. */
    data class ReportSignals(
        /** The signals, as given. */
        val signals: Signals,
    ) : FakeCall()

    /** It asked for the advertising id. */
    data class AdvertisingId(
        /** For what. */
        val purpose: String,
    ) : FakeCall()

    /** It took over a policy. */
    data class AdoptPolicy(
        /** Its edition. */
        val edition: Long,
    ) : FakeCall()

    /** It synced. */
    object Sync : FakeCall()

    /** It said that the network is back. */
    object ConnectivityRestored : FakeCall()

    /** It closed the `Consent`. */
    object Close : FakeCall()

    override fun toString(): String = javaClass.simpleName
}

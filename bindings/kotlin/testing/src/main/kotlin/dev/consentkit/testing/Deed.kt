package dev.consentkit.testing

import dev.consentkit.Answer
import dev.consentkit.ImportChoice
import dev.consentkit.Signals

/** Something the app did with its [FakeConsent]. A call that failed is not among them. */
sealed class Deed {
    /** It drew a form. */
    data class Asked(
        /** The form. */
        val surface: String,
    ) : Deed()

    /** It recorded the answers to a form. */
    data class Answered(
        /** The form. */
        val surface: String,
        /** The answers, as given. */
        val answers: List<Answer>,
    ) : Deed()

    /** It withdrew. */
    data class Withdrew(
        /** The purposes, as given. */
        val purposes: List<String>,
    ) : Deed()

    /** It brought consents from its older store. */
    data class Imported(
        /** The choices, as given. */
        val choices: List<ImportChoice>,
    ) : Deed()

    /** It signed somebody in. */
    class SignedIn(
        /** The account's pseudonym. */
        val subject: String,
    ) : Deed() {
        override fun equals(other: Any?): Boolean = other is SignedIn && other.subject == subject

        override fun hashCode(): Int = subject.hashCode()

        // A subject leads to a person, also in the report of a test.
        override fun toString(): String = "SignedIn"
    }

    /** It signed out. */
    object SignedOut : Deed()

    /** It reported what the platform says. */
    data class Reported(
        /** The signals, as given. */
        val signals: Signals,
    ) : Deed()

    /** It asked for the advertising id. */
    data class AskedAdvertisingId(
        /** For what. */
        val purpose: String,
    ) : Deed()

    /** It took over a policy. */
    data class AdoptedPolicy(
        /** Its edition. */
        val edition: Long,
    ) : Deed()

    /** It synced. */
    object Synced : Deed()

    /** It said that the network is back. */
    object ConnectivityRestored : Deed()

    /** It closed the `Consent`. */
    object Closed : Deed()

    override fun toString(): String = javaClass.simpleName
}

package dev.consentkit.testing

import dev.consentkit.Answer
import dev.consentkit.ImportChoice
import dev.consentkit.PurgeStep
import dev.consentkit.Signals

/** Something the app did with its [FakeConsent]. A call that failed is not among them. */
public sealed class FakeCall(private vararg val said: Any) {
    /** It drew a form. */
    public class Questions(
        /** The form. */
        public val surface: String,
    ) : FakeCall(surface)

    /** It recorded the answers to a form. */
    public class Record(
        /** The form. */
        public val surface: String,
        /** The answers, as given. */
        public val answers: List<Answer>,
    ) : FakeCall(surface, answers)

    /** It said that a form was closed. */
    public class Closed(
        /** The form. */
        public val surface: String,
    ) : FakeCall(surface)

    /** It withdrew. */
    public class Withdraw(
        /** The purposes, as given. */
        public val purposes: List<String>,
    ) : FakeCall(purposes)

    /** It brought consents from its older store. */
    public class Import(
        /** The choices, as given. */
        public val choices: List<ImportChoice>,
    ) : FakeCall(choices)

    /** It signed somebody in. */
    public class SignIn(
        /** The account's pseudonym. */
        public val subject: String,
    ) : FakeCall(subject) {
        // A subject leads to a person, also in the report of a test.
        override fun toString(): String = "SignIn"
    }

    /** It signed out. */
    public object SignOut : FakeCall()

    /** It reported what the platform says. */
    public class ReportSignals(
        /** The signals, as given. */
        public val signals: Signals,
    ) : FakeCall(signals)

    /** It asked for the advertising id. */
    public class AdvertisingId(
        /** For what. */
        public val purpose: String,
    ) : FakeCall(purpose)

    /** It took over a policy. */
    public class AdoptPolicy(
        /** Its edition. */
        public val edition: Long,
    ) : FakeCall(edition)

    /** It recorded that cookies went after a withdrawal. */
    public class CookiesRemoved(
        /** The plan that was carried out, as given. */
        public val steps: List<PurgeStep>,
    ) : FakeCall(steps)

    /** It synced. */
    public object Sync : FakeCall()

    /** It said that the network is back. */
    public object ConnectivityRestored : FakeCall()

    /** It closed the `Consent`. */
    public object Close : FakeCall()

    override fun equals(other: Any?): Boolean = other is FakeCall && other.javaClass == javaClass && other.said.contentEquals(said)

    override fun hashCode(): Int = 31 * javaClass.hashCode() + said.contentHashCode()

    override fun toString(): String = javaClass.simpleName + if (said.isEmpty()) "" else said.joinToString(", ", "(", ")")
}

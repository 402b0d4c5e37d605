package dev.consentkit.testing

import dev.consentkit.AgeBand
import dev.consentkit.Guardian
import dev.consentkit.Signals
import dev.consentkit.Tracking

/** What the app said of one person. It belongs to that person and ends with a sign-in or sign-out of another. */
internal data class Facts(
    val age: AgeBand? = null,
    /** The age of consent that the band was reported against. */
    val ageOfConsent: Long = DEFAULT_AGE_OF_CONSENT,
    val guardian: Guardian? = null,
) {
    /** True for what takes a permission away. */
    val denies: Boolean get() = age == AgeBand.BELOW || guardian == Guardian.NOT_VERIFIED

    /** The band as a policy with that age of consent may read it: whoever was above a lower age may be below this one. */
    fun ageFor(ageOfConsent: Long): AgeBand? = when (age) {
        null, AgeBand.UNKNOWN -> null
        AgeBand.BELOW -> age
        AgeBand.ABOVE -> age.takeIf { this.ageOfConsent >= ageOfConsent }
    }

    /** What of it denies. It goes with the record of the person's leaving, and not before. */
    val denying: Facts
        get() = Facts(age.takeIf { it == AgeBand.BELOW }, ageOfConsent, guardian.takeIf { it == Guardian.NOT_VERIFIED })

    /** These with what was reported over them; a field that was left out keeps its value. */
    fun with(reported: Signals, ageOfConsent: Long): Facts {
        val guardian = reported.guardian ?: guardian
        // Nothing is known and nothing was: that is no news.
        val isNews = reported.age != null && !(reported.age == AgeBand.UNKNOWN && age == null)
        return if (isNews) Facts(reported.age, ageOfConsent, guardian) else copy(guardian = guardian)
    }
}

/** These signals with what was reported over them; a field that was left out keeps its value. */
internal fun Signals.with(reported: Signals) = Signals(
    tracking = reported.tracking ?: tracking,
    adId = reported.adId ?: adId,
    gpc = reported.gpc ?: gpc,
    age = reported.age ?: age,
    guardian = reported.guardian ?: guardian,
    push = reported.push ?: push,
)

/** These with what denies over them. An age that is not known takes nothing from a person who is known to be below the age of consent. */
internal fun Signals.deniedBy(denial: Signals): Signals =
    with(if (denial.age == AgeBand.UNKNOWN && age == AgeBand.BELOW) denial.copy(age = null) else denial)

/** What is said of the device alone. */
internal val Signals.ofDevice: Signals get() = copy(age = null, guardian = null)

/** Each field that may take a permission away, alone. */
internal val Signals.denials: List<Signals>
    get() = listOf(
        Signals(tracking = tracking.takeIf { it != Tracking.AUTHORIZED }),
        Signals(adId = adId.takeIf { it != dev.consentkit.AdvertisingIdSignal.Available }),
        Signals(gpc = gpc.takeIf { it == true }),
        Signals(age = age.takeIf { it != AgeBand.ABOVE }),
        Signals(guardian = guardian.takeIf { it == Guardian.NOT_VERIFIED }),
    ).filter { it != Signals() }

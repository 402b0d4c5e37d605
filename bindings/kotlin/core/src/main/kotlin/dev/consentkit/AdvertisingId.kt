package dev.consentkit

/** The answer of the gate before the advertising id. */
sealed class AdvertisingId {
    /** The id, for this purpose and this moment only. Do not store it. */
    class Available(
        /** The advertising id. */
        val id: String,
    ) : AdvertisingId() {
        override fun equals(other: Any?): Boolean = other is Available && other.id == id

        override fun hashCode(): Int = id.hashCode()

        // The id must not end up in a log.
        override fun toString(): String = "Available(..)"
    }

    /** It may not or cannot be had. */
    data class Refused(
        /** Every reason, in the documented order. */
        val reasons: List<Reason>,
    ) : AdvertisingId()
}

/** What the platform answers when it is asked for the advertising id. */
sealed class AdvertisingIdAnswer {
    /** The platform gave a value. It may still be no id: all zeros, empty or malformed. */
    class Id(
        /** The value as the platform gave it. Never stored or logged. */
        val value: String,
        /** The platform's limit flag; true also where the platform has such a flag and does not say (AND-6). */
        val limited: Boolean,
    ) : AdvertisingIdAnswer() {
        override fun equals(other: Any?): Boolean = other is Id && other.value == value && other.limited == limited

        override fun hashCode(): Int = 31 * value.hashCode() + limited.hashCode()

        override fun toString(): String = "Id(limited=$limited)"
    }

    /** The platform gave none. */
    data class Unavailable(
        /** Why. */
        val kind: AdvertisingIdUnavailable,
    ) : AdvertisingIdAnswer()
}

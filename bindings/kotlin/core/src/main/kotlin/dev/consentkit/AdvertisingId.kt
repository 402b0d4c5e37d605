package dev.consentkit

import dev.consentkit.internal.Parts

/** The answer of the gate before the advertising id. */
public sealed class AdvertisingId {
    /** The id, for this purpose and this moment only. Do not store it. */
    public class Available(
        /** The advertising id. */
        public val id: String,
    ) : AdvertisingId() {
        override fun equals(other: Any?): Boolean = other is Available && other.id == id

        override fun hashCode(): Int = id.hashCode()

        // The id must not end up in a log.
        override fun toString(): String = "Available(..)"
    }

    /** It may not or cannot be had. */
    public class Refused(
        /** Every reason, in the documented order. */
        public val reasons: List<Reason>,
    ) : AdvertisingId() {
        private val parts: Parts get() = Parts("reasons" to reasons)

        override fun equals(other: Any?): Boolean = other is Refused && other.parts == parts

        override fun hashCode(): Int = parts.hashCode()

        override fun toString(): String = "Refused$parts"
    }
}

/** What the platform answers when it is asked for the advertising id. */
public sealed class AdvertisingIdAnswer {
    /** The platform gave a value. It may still be no id: all zeros, empty or malformed. */
    public class Id(
        /** The value as the platform gave it. Never stored or logged. */
        public val value: String,
        /** The platform's limit flag; true also where the platform has such a flag and does not say (AND-6). */
        public val limited: Boolean,
    ) : AdvertisingIdAnswer() {
        override fun equals(other: Any?): Boolean = other is Id && other.value == value && other.limited == limited

        override fun hashCode(): Int = 31 * value.hashCode() + limited.hashCode()

        override fun toString(): String = "Id(limited=$limited)"
    }

    /** The platform gave none. */
    public class Unavailable(
        /** Why. */
        public val kind: AdvertisingIdUnavailable,
    ) : AdvertisingIdAnswer() {
        private val parts: Parts get() = Parts("kind" to kind)

        override fun equals(other: Any?): Boolean = other is Unavailable && other.parts == parts

        override fun hashCode(): Int = parts.hashCode()

        override fun toString(): String = "Unavailable$parts"
    }
}

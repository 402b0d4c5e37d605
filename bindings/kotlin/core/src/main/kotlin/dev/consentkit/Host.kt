package dev.consentkit

import dev.consentkit.internal.Parts

/**
 * Gives the bearer token of the signed-in account, from the app's own log-in. Called on a worker of its own, never on the thread that
 * syncs; may block. After 30 seconds it is interrupted and no longer waited for.
 */
public fun interface AccountTokens {
    /**
     * The token for [subject]. [refresh] is true after the server refused the last one. `null`, and any exception, pauses that
     * account's sync until the next.
     */
    public fun token(subject: String, refresh: Boolean): String?
}

/** Asks the platform for the advertising id. Called on a worker of its own, and only after the decision allowed it. */
public fun interface AdvertisingIdSource {
    /** The platform's answer. After three seconds it is no longer waited for; an exception is a refusal. */
    public fun advertisingId(): AdvertisingIdAnswer
}

/** Time, for tests. Apps leave it out. Called from any thread and on reads: it must be fast and must not call back. */
public fun interface ConsentClock {
    /** Wall-clock time, Unix milliseconds. */
    public fun now(): Long
}

/**
 * Hears what the library does, for the app's own log. Off unless given.
 *
 * It gets stable names and codes only: no purpose, no subject, no token, no advertising id, no text that a person wrote. Called on whatever
 * thread did the work; what it throws is dropped.
 */
public fun interface ConsentLog {
    /** Something happened. */
    public fun event(event: LogEvent)
}

/** Something that happened. Later versions of the library may tell of more. */
public class LogEvent(
    /** What: `recorded`, `synced`, `failed`; `docs/kotlin.md` lists them. */
    public val name: String,
    /** Codes that tell more, such as `waiting` and `offline`; of `failed` the exception's code. Empty where there is no more to tell. */
    public val codes: List<String>,
) {
    private val parts: Parts get() = Parts("name" to name, "codes" to codes)

    override fun equals(other: Any?): Boolean = other is LogEvent && other.parts == parts

    override fun hashCode(): Int = parts.hashCode()

    override fun toString(): String = "LogEvent$parts"
}

/** One purpose of a [Consent], asked often: [Consent.purpose] gives it. May be used from any thread; sees every change. */
public fun interface PurposeHandle {
    /** May this be done now? As [Consent.allows]. */
    public fun allows(): Boolean
}

/** Hears what the state is now and when it changes; for Java, where [Consent.state] is awkward. */
public fun interface SnapshotListener {
    /** The state now: the last, where several changes came at once. */
    public fun changed(snapshot: Snapshot)
}

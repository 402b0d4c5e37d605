package dev.consentkit

/**
 * Gives the bearer token of the signed-in account, from the app's own log-in. Called on a worker of its own, never on the thread that
 * syncs; may block. After 30 seconds it is interrupted and no longer waited for.
 */
fun interface AccountTokens {
    /**
     * The token for [subject]. [refresh] is true after the server refused the last one. `null`, and any exception, pauses that
     * account's sync until the next.
     */
    fun token(subject: String, refresh: Boolean): String?
}

/** Asks the platform for the advertising id. Called on a worker of its own, and only after the decision allowed it. */
fun interface AdvertisingIdSource {
    /** The platform's answer. After three seconds it is no longer waited for; an exception is a refusal. */
    fun advertisingId(): AdvertisingIdAnswer
}

/** Time, for tests. Apps leave it out. Called from any thread and on reads: it must be fast and must not call back. */
fun interface ConsentClock {
    /** Wall-clock time, Unix milliseconds. */
    fun now(): Long
}

/**
 * Hears what the library does, for the app's own log. Off unless given.
 *
 * It gets stable names and codes only: no purpose, no subject, no token, no advertising id, no text that a person wrote. Called on whatever
 * thread did the work; what it throws is dropped.
 */
fun interface ConsentLog {
    /** Something happened. */
    fun event(event: LogEvent)
}

/** Something that happened. Later versions of the library may tell of more. */
data class LogEvent(
    /** What: `recorded`, `synced`, `failed`; `docs/kotlin.md` lists them. */
    val name: String,
    /** Codes that tell more, such as `waiting` and `offline`; of `failed` the exception's code. Empty where there is no more to tell. */
    val codes: List<String>,
)

/** One purpose of a [Consent], asked often: [Consent.purpose] gives it. May be used from any thread; sees every change. */
fun interface PurposeHandle {
    /** May this be done now? As [Consent.allows]. */
    fun allows(): Boolean
}

/** Hears what the state is now and when it changes; for Java, where [Consent.state] is awkward. */
fun interface SnapshotListener {
    /** The state now: the last, where several changes came at once. */
    fun changed(snapshot: Snapshot)
}

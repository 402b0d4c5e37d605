package dev.consentkit.internal

import dev.consentkit.ConsentLog
import dev.consentkit.LogEvent

/** The app's log, if it gave one. What it throws is dropped. */
internal class Log(@Volatile var log: ConsentLog?) {
    fun event(name: String, codes: List<String> = emptyList()) {
        try {
            log?.event(LogEvent(name, codes))
        } catch (_: Throwable) {
            // A log that fails has nowhere to be reported, and must not undo what was done.
        }
    }
}

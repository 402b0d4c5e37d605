package dev.consentkit.testing

import dev.consentkit.ConsentClock
import java.util.concurrent.atomic.AtomicLong

/**
 * A clock that stands still until it is told to move. For [FakeConsent], and for the real `Consent` in a test
 * (`Consent.open(…) { clock = TestClock() }`). May be used from any thread.
 *
 * @param now where it begins, Unix milliseconds; 2026-11-22 12:00 in Korea unless given: a Sunday noon, no night anywhere near.
 */
class TestClock @JvmOverloads constructor(now: Long = NOON) : ConsentClock {
    private val time = AtomicLong(now)

    override fun now(): Long = time.get()

    /** Sets it to a time, Unix milliseconds. Also backwards, as a person may set a phone's clock. */
    fun set(now: Long) = time.set(now)

    /** Moves it on by so many milliseconds. */
    fun advance(millis: Long) {
        time.addAndGet(millis)
    }

    /** Where clocks begin. */
    companion object {
        /** 2026-11-22 12:00 in Korea, Unix milliseconds. */
        const val NOON: Long = 1_795_316_400_000
    }
}

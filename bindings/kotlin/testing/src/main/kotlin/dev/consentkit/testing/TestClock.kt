package dev.consentkit.testing

import dev.consentkit.ConsentClock
import java.lang.ref.WeakReference
import java.util.concurrent.CopyOnWriteArrayList
import java.util.concurrent.atomic.AtomicLong

/**
 * A clock that stands still until it is told to move. For [FakeConsent], and for the real `Consent` in a test
 * (`Consent.open(…) { clock = TestClock() }`). May be used from any thread.
 *
 * @param now where it begins, Unix milliseconds; 2026-11-22 12:00 in Korea unless given: a Sunday noon, no night anywhere near.
 */
public class TestClock @JvmOverloads constructor(now: Long = NOON) : ConsentClock {
    private val time = AtomicLong(now)

    override fun now(): Long = time.get()

    private val followers = CopyOnWriteArrayList<() -> Boolean>()

    /** Sets it to a time, Unix milliseconds. Also backwards, as a person may set a phone's clock. */
    public fun set(now: Long) {
        time.set(now)
        moved()
    }

    /** Moves it on by so many milliseconds. */
    public fun advance(millis: Long) {
        time.addAndGet(millis)
        moved()
    }

    /** Tells the follower of each move, for as long as somebody else keeps it: a clock may serve many tests. */
    internal fun <T : Any> onMoved(follower: T, moved: (T) -> Unit) {
        val kept = WeakReference(follower)
        followers += { kept.get()?.let(moved) != null }
    }

    private fun moved() {
        followers.removeAll(followers.filterNot { it() }.toSet())
    }

    /** Where clocks begin. */
    public companion object {
        /** 2026-11-22 12:00 in Korea, Unix milliseconds. */
        public const val NOON: Long = 1_795_316_400_000
    }
}

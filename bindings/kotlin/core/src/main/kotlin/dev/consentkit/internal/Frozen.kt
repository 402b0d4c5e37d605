// Lists as they are handed to the app: nobody's `clear` in Java changes what another caller sees.
package dev.consentkit.internal

import java.util.Collections

/** A list that nobody can change. What is in it was not given to anybody else. */
internal fun <T> List<T>.frozen(): List<T> = Collections.unmodifiableList(this)

/** Each entry as an app sees it, in a list that nobody can change. */
internal inline fun <T, R> List<T>.each(toApp: (T) -> R): List<R> = map(toApp).frozen()

// Compose is only in Google's repository: the few pieces of it that the docs use, of the same shape, so that what they show compiles here.
package androidx.compose.runtime

import kotlinx.coroutines.flow.StateFlow
import kotlin.reflect.KProperty

annotation class Composable

interface State<out T> {
    val value: T
}

operator fun <T> State<T>.getValue(thisObj: Any?, property: KProperty<*>): T = value

@Composable
fun <T> StateFlow<T>.collectAsState(): State<T> = object : State<T> {
    override val value: T get() = this@collectAsState.value
}

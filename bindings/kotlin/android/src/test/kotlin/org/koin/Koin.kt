// Stand-ins, of the shape of Koin's.
package org.koin

import android.content.Context

class Module {
    val singles = mutableListOf<Scope.() -> Any>()

    inline fun <reified T : Any> single(noinline definition: Scope.() -> T) {
        singles += definition
    }
}

class Scope(val context: Context)

fun Scope.androidContext(): Context = context

fun module(declaration: Module.() -> Unit): Module = Module().apply(declaration)

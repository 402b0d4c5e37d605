// Whatever a call into the library may throw, as the exceptions an app sees.
package dev.consentkit.internal

/** Runs a call into the library. */
internal inline fun <T> typed(call: () -> T): T = try {
    call()
} catch (fault: dev.consentkit.ConsentException) {
    throw fault
} catch (fault: ConsentException) {
    throw fault.toApp()
} catch (_: InternalException) {
    // A panic. Its own words may quote what was stored, so they stay inside.
    throw dev.consentkit.ConsentException.Internal()
} catch (fault: IllegalStateException) {
    // What a generated object says once it was freed.
    throw dev.consentkit.ConsentException.ShutDown()
}

/** Runs a call that is the first one, maybe, and so loads the library. */
internal inline fun <T> loading(call: () -> T): T = try {
    typed(call)
} catch (fault: LinkageError) {
    throw dev.consentkit.ConsentException.LibraryMissing(fault)
} catch (fault: RuntimeException) {
    // The generated code checks at loading that it belongs to the library, and says what differs in a bare RuntimeException.
    throw fault as? dev.consentkit.ConsentException ?: dev.consentkit.ConsentException.LibraryMissing(fault)
}

internal fun ConsentException.toApp(): dev.consentkit.ConsentException = when (this) {
    is ConsentException.Invalid -> dev.consentkit.ConsentException.Invalid(if (field == "timeout_ms") "within" else field, reason)
    is ConsentException.NoticeNotShown -> dev.consentkit.ConsentException.NoticeNotShown(purpose)
    is ConsentException.ShownRefused -> dev.consentkit.ConsentException.ShownRefused(reason)
    is ConsentException.PolicyInvalid -> dev.consentkit.ConsentException.PolicyInvalid(faults.each { it.toApp() })
    is ConsentException.PolicyRefused -> dev.consentkit.ConsentException.PolicyRefused(faults.each { it.toApp() })
    is ConsentException.NotADatabase -> dev.consentkit.ConsentException.NotADatabase()
    is ConsentException.NewerStore -> dev.consentkit.ConsentException.NewerStore(found, known)
    is ConsentException.Damaged -> dev.consentkit.ConsentException.Damaged(reason)
    is ConsentException.StoreUnavailable -> dev.consentkit.ConsentException.StoreUnavailable(reason, code)
    is ConsentException.ShutDown -> dev.consentkit.ConsentException.ShutDown()
    is ConsentException.AlreadySyncing -> dev.consentkit.ConsentException.AlreadySyncing()
    is ConsentException.NoServer -> dev.consentkit.ConsentException.NoServer()
    is ConsentException.TooManyPending -> dev.consentkit.ConsentException.TooManyPending(limit)
}

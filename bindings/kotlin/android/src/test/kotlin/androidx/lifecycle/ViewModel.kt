// Stand-ins, of the shape of AndroidX's lifecycle library.
package androidx.lifecycle

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.SupervisorJob

abstract class ViewModel

/** AndroidX's runs on the main thread at once where it is there already; so does this, on the test's. */
val ViewModel.viewModelScope: CoroutineScope get() = CoroutineScope(SupervisorJob() + Dispatchers.Unconfined)

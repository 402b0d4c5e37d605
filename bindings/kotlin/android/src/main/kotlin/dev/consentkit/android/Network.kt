package dev.consentkit.android

import android.Manifest
import android.app.Application
import android.content.pm.PackageManager
import android.net.ConnectivityManager
import android.net.Network as SystemNetwork

/**
 * Tells when the network comes back, in an app that may know: the permission `ACCESS_NETWORK_STATE` is asked for by nobody here, and used where
 * the app's own manifest has it.
 */
internal class Network(private val application: Application, private val returned: () -> Unit) {
    private var manager: ConnectivityManager? = null

    /** The system tells of the network that is there at once; that is no return. */
    @Volatile
    private var wasLost = false

    private val callback = object : ConnectivityManager.NetworkCallback() {
        override fun onAvailable(network: SystemNetwork) {
            if (wasLost) returned()
            wasLost = false
        }

        override fun onLost(network: SystemNetwork) {
            wasLost = true
        }
    }

    fun watch() {
        if (application.checkSelfPermission(Manifest.permission.ACCESS_NETWORK_STATE) != PackageManager.PERMISSION_GRANTED) return
        try {
            val manager = application.getSystemService(ConnectivityManager::class.java) ?: return
            wasLost = manager.activeNetwork == null
            manager.registerDefaultNetworkCallback(callback)
            this.manager = manager
        } catch (_: RuntimeException) {
            // The system counts callbacks and refuses one too many; what waits is sent at the next return to the foreground.
        }
    }

    fun forget() {
        try {
            manager?.unregisterNetworkCallback(callback)
        } catch (_: RuntimeException) {
            // It was not registered any more.
        }
        manager = null
    }
}

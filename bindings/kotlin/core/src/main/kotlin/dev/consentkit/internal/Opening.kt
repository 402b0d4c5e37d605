// The ways in: opening, and the calls that need no open file.
package dev.consentkit.internal

import dev.consentkit.Consent
import dev.consentkit.HttpUrlConnectionTransport
import dev.consentkit.PolicyFault
import dev.consentkit.Snapshot

internal fun openConsent(app: dev.consentkit.ConsentOptions): Consent {
    val board = Board(Snapshot(0, 0, dev.consentkit.Reason.StoreUnavailable), null)
    val log = Log(null)
    return OpenConsent(open(app, board, log), board, log)
}

/** At once; the file is opened on another thread, where the options are found out as well. */
internal fun openingConsent(options: () -> dev.consentkit.ConsentOptions): Consent {
    val board = Board(Snapshot(0, System.currentTimeMillis(), dev.consentkit.Reason.Opening), null)
    val log = Log(null)
    return OpenConsent(board, log) {
        try {
            open(options(), board, log)
        } catch (fault: Throwable) {
            // Nobody waits for it any longer: it will not be opened.
            board.showFound(Snapshot(1, System.currentTimeMillis(), dev.consentkit.Reason.StoreUnavailable))
            if (fault is dev.consentkit.ConsentException) log.event("failed", listOf(fault.code))
            throw fault
        }
    }
}

private fun open(app: dev.consentkit.ConsentOptions, board: Board, log: Log): BlockingCore = loading {
    board.clock = app.clock
    board.language = app.language
    log.log = app.log
    val exchanges = Exchanges()
    val core = ConsentCore.open(options(app), services(app, exchanges))
    val own = OwnSyncs().takeIf { app.syncsByItself && app.server != null }
    BlockingCore(core, board, log, exchanges, own, core::destroy).also { log.event("opened") }
}

private fun options(app: dev.consentkit.ConsentOptions) = ConsentOptions(
    path = text("path", app.path),
    marker = optionalText("marker", app.marker),
    policy = text("policy", app.policy),
    platform = Platform.valueOf(given("platform", app.platform).name),
    osVersion = text("os_version", app.osVersion),
    language = text("language", app.language),
    appVersion = text("app_version", app.appVersion),
    server = optionalText("server", app.server),
)

private fun services(app: dev.consentkit.ConsentOptions, exchanges: Exchanges) = HostServices(
    transport = TransportAdapter(app.transport ?: HttpUrlConnectionTransport(), exchanges),
    tokens = app.tokens?.let { TokensAdapter(it, exchanges) },
    advertisingId = app.advertisingId?.let { AdvertisingIdAdapter(it, app.advertisingIdTimeoutMillis) },
    zones = ZonesAdapter,
    clock = app.clock?.let(::ClockAdapter),
)

/** Recovers a damaged file. Nothing of the host's is called for it but its clock. */
internal fun recoverFile(app: dev.consentkit.ConsentOptions): dev.consentkit.Recovered = loading {
    val log = Log(app.log)
    try {
        recover(options(app), services(app, Exchanges())).toApp().also { log.event("recovered") }
    } catch (fault: ConsentException) {
        log.event("failed", listOf(fault.toApp().code))
        throw fault
    }
}

internal fun faultsOf(document: String?): List<PolicyFault> = loading { policyFaults(text("document", document)).each { it.toApp() } }

internal fun verificationOf(path: String?): dev.consentkit.Verification = loading { verifyFile(text("path", path)).toApp() }

internal fun textOf(reason: dev.consentkit.Reason, language: String?): String = try {
    reasonText(reason.toCore(), language.orEmpty())
} catch (_: LinkageError) {
    // The fake of the app's tests loads no native library.
    reason.code
} catch (_: Exception) {
    reason.code
}

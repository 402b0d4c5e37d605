// The ways in: opening, and the calls that need no open file.
package dev.consentkit.internal

import dev.consentkit.Consent
import dev.consentkit.ConsentBuilder
import dev.consentkit.HttpUrlConnectionTransport
import dev.consentkit.PolicyFault

internal fun openConsent(builder: ConsentBuilder): Consent = loading {
    val exchanges = Exchanges()
    val core = ConsentCore.open(options(builder), services(builder, exchanges))
    val board = Board(core.snapshot().toApp(), builder.clock)
    val log = Log(builder.log)
    OpenConsent(BlockingCore(core, board, log, exchanges, core::destroy), board, log).also { log.event("opened") }
}

private fun options(builder: ConsentBuilder) = ConsentOptions(
    path = text("path", builder.path),
    marker = optionalText("marker", builder.marker),
    policy = text("policy", builder.policy),
    platform = Platform.valueOf(given("platform", builder.platform).name),
    osVersion = text("os_version", builder.osVersion),
    language = text("language", builder.language),
    appVersion = text("app_version", builder.appVersion),
    server = optionalText("server", builder.server),
)

private fun services(builder: ConsentBuilder, exchanges: Exchanges) = HostServices(
    transport = TransportAdapter(builder.transport ?: HttpUrlConnectionTransport(), exchanges),
    tokens = builder.tokens?.let { TokensAdapter(it, exchanges) },
    advertisingId = builder.advertisingId?.let { AdvertisingIdAdapter(it, builder.advertisingIdTimeoutMillis) },
    clock = builder.clock?.let(::ClockAdapter),
)

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

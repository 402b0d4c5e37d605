package dev.consentkit.internal

import dev.consentkit.WebOutcome as AppOutcome

/** The pages of a web view over the core. What a page says may be written, so it takes its turn among the writes. */
internal class OpenWebPages(private val calls: Calls, private val core: BlockingCore, private val pages: WebPages) : dev.consentkit.WebPages {
    override suspend fun handOff() = calls.read { it.webHandOff(pages) }

    override suspend fun hear(message: String, origin: String, mainFrame: Boolean) = calls.write { it.webMessage(pages, message, origin, mainFrame) }

    override fun handOffBlocking() = core.webHandOff(pages)

    override fun hearBlocking(message: String, origin: String, mainFrame: Boolean) = core.webMessage(pages, message, origin, mainFrame)
}

internal fun WebHandOff.toApp() = dev.consentkit.WebHandOff(script, update, gpc, validUntil, leftOut.frozen())

internal fun WebAnswer.toApp() = dev.consentkit.WebAnswer(outcome.toApp(), reply)

private fun WebOutcome.toApp(): AppOutcome = when (this) {
    WebOutcome.Asked -> AppOutcome.Asked
    is WebOutcome.Recorded -> AppOutcome.Recorded(receipt.toApp())
    WebOutcome.Closed -> AppOutcome.Closed
    is WebOutcome.Withdrawn -> AppOutcome.Withdrawn(receipt.toApp())
    is WebOutcome.Refused -> AppOutcome.Refused(dev.consentkit.WebRefusal.valueOf(refusal.name))
    is WebOutcome.Failed -> AppOutcome.Failed(reason)
}

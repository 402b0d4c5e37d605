package dev.consentkit.internal

import java.util.concurrent.atomic.AtomicBoolean
import dev.consentkit.ConsentException as AppException

/**
 * The generated object with the types, the exceptions and the log that an app sees. Every call blocks on the calling thread.
 *
 * Whatever may have changed something shows the core's snapshot before it returns: the core leaves telling to another thread where
 * that one is telling already, and a caller must find what it just wrote.
 */
internal class BlockingCore(
    private val core: ConsentCoreInterface,
    private val board: Board,
    private val log: Log,
    private val exchanges: Exchanges,
    /** `null` where nothing is to be sent unasked. */
    val ownSyncs: OwnSyncs?,
    /** Frees the generated object. */
    private val free: () -> Unit,
) {
    private val subscription = core.subscribe(board)
    private val isClosed = AtomicBoolean()

    init {
        renew()
    }

    fun questions(surface: String?) = read { core.questions(text("surface", surface)).toApp() }

    fun record(shown: dev.consentkit.Shown?, answers: List<dev.consentkit.Answer>?) = write("recorded") {
        val given = given("answers", answers).mapIndexed { at, answer -> given("answers[$at]", answer).toCore("answers[$at]") }
        core.record(token("shown", shown), given).toApp()
    }

    fun closed(shown: dev.consentkit.Shown?) = write("form_closed") { core.closed(token("shown", shown)) }

    fun withdraw(purposes: Array<out String>?) = write("withdrawn") {
        core.withdraw(given("purposes", purposes).mapIndexed { at, purpose -> text("purposes[$at]", purpose) }).toApp()
    }

    fun importChoices(choices: List<dev.consentkit.ImportChoice>?) = write("imported") {
        core.importChoices(given("choices", choices).mapIndexed { at, choice -> given("choices[$at]", choice).toCore("choices[$at]") }).toApp()
    }

    fun webPages(origins: Array<out String>?): WebPages = read {
        core.webPages(given("origins", origins).mapIndexed { at, origin -> text("origins[$at]", origin) })
    }

    fun webHandOff(pages: WebPages) = read { core.webHandOff(pages).toApp() }

    fun webMessage(pages: WebPages, message: String?, origin: String?, mainFrame: Boolean): dev.consentkit.WebAnswer {
        val answer = write(null) { core.webMessage(pages, whole("message", message), whole("origin", origin), mainFrame).toApp() }
        val event = when (answer.outcome) {
            is dev.consentkit.WebOutcome.Recorded -> "recorded"
            dev.consentkit.WebOutcome.Closed -> "form_closed"
            is dev.consentkit.WebOutcome.Withdrawn -> "withdrawn"
            else -> null
        }
        if (event != null) told(event)
        return answer
    }

    /** A page may send half a character, which the core cannot be handed. */
    private fun whole(field: String, text: String?) = given(field, text).encodeToByteArray().decodeToString()

    fun signIn(subject: String?) = write("signed_in") { core.signIn(text("subject", subject)) }

    fun signOut() = write("signed_out") { core.signOut() }

    fun signOutWithin(timeoutMillis: Long, exchange: Exchange = Exchange()) = write("signed_out") {
        exchanging(exchange) { core.signOutWithin(timeoutMillis) }.toApp()
    }

    fun reportSignals(signals: dev.consentkit.Signals?) = write("signals_reported") { core.reportSignals(given("signals", signals).toCore()) }

    fun advertisingId(purpose: String?): dev.consentkit.AdvertisingId {
        val answer = write(null) { core.advertisingId(text("purpose", purpose)).toApp() }
        when (answer) {
            is dev.consentkit.AdvertisingId.Available -> log.event("advertising_id_given")
            is dev.consentkit.AdvertisingId.Refused -> log.event("advertising_id_refused", answer.reasons.each { it.codeForLog })
        }
        return answer
    }

    fun policy() = read { core.policy().toApp() }

    fun announced() = read { core.announced().each { it.toApp() } }

    fun edition(edition: Long) = read { core.edition(edition).toApp() }

    fun adoptPolicy(document: String?) = write("policy_adopted") { core.adoptPolicy(text("document", document)) }

    fun sync(timeoutMillis: Long, exchange: Exchange = Exchange()): dev.consentkit.SyncReport {
        val report = write(null) { exchanging(exchange) { core.sync(timeoutMillis) }.toApp() }
        tell(report)
        return report
    }

    /** A sync that nobody asked for. It tells of itself in the log alone, and of nothing where another one runs. */
    fun syncOfItself() {
        val exchange = Exchange(isOwn = true)
        try {
            val report = typed { exchanging(exchange) { core.sync(dev.consentkit.SYNC_TIMEOUT_MILLIS) } }.toApp()
            if (report.state != dev.consentkit.SyncState.QUIET && !exchange.isEnded) tell(report)
        } catch (_: AppException.AlreadySyncing) {
            // That one does the work.
        } catch (_: AppException.ShutDown) {
            // It is over.
        } catch (fault: AppException) {
            log.event("failed", listOf(fault.code))
        } finally {
            renew()
        }
    }

    private fun tell(report: dev.consentkit.SyncReport) = log.event("synced", (listOf(report.state.code) + report.troubles.map { it.code }).frozen())

    private fun <T> exchanging(exchange: Exchange, call: () -> T): T {
        if (!exchange.isOwn) exchanges.makeWay()
        return exchanges.during(exchange) {
            try {
                call()
            } catch (busy: ConsentException.AlreadySyncing) {
                // One that nobody asked for has begun at the same moment.
                if (exchange.isOwn || !exchanges.makeWay()) throw busy
                call()
            }
        }
    }

    fun connectivityRestored() = write(null) { core.connectivityRestored() }

    fun pending() = read { core.pending().each { it.toApp() } }

    fun stuck() = read { core.stuck().each { it.toApp() } }

    /** Empty where the core cannot answer: it was freed, and nothing is held any more. */
    fun unrecorded(): List<dev.consentkit.Unrecorded> = try {
        core.unrecorded().each { it.toApp() }
    } catch (_: Exception) {
        emptyList()
    }

    /** `null` where the core cannot answer: it was freed. */
    fun rolledBack(): dev.consentkit.RolledBack? = try {
        core.rolledBack()?.toApp()
    } catch (_: Exception) {
        null
    }

    fun cookies(options: dev.consentkit.CookieOptions?): dev.consentkit.CookieGate = read { CoreCookieGate(core.cookies(given("options", options).toCore())) }

    fun cookiesRemoved(steps: List<dev.consentkit.PurgeStep>?, left: List<dev.consentkit.SeenCookie>?) = write("cookies_removed") {
        core.cookiesRemoved(given("steps", steps).mapIndexed { at, step -> given("steps[$at]", step).toCore("steps[$at]") }, left.toCore("left"))
    }

    fun history(after: Long, limit: Long) = read { core.history(after, limit).each { it.toApp() } }

    fun stateAt(at: Long) = read { core.stateAt(at).toApp() }

    fun verify() = read { core.verify().toApp() }

    fun refresh() = write("refreshed") { core.refresh() }

    /** `null` where the core cannot answer: then nothing is shown. */
    fun nextPrompt(): dev.consentkit.Prompt? = try {
        core.nextPrompt()?.toApp()
    } catch (_: Exception) {
        null
    }

    /** `null` where the core cannot answer. */
    fun text(reason: dev.consentkit.Reason): String? = try {
        core.reasonText(reason.toCore())
    } catch (_: Exception) {
        null
    }

    /** Tells everybody what the core says now. Where it is closed, what it said last stays. Collectors and listeners may run in here. */
    fun renew() {
        present()?.let(board::show)
        board.tell()
    }

    /** Lets readers see what the core says now. No code of the app's runs in here: another thread tells the others. */
    fun renewForReader() {
        present()?.let(board::showFound)
    }

    private fun present(): dev.consentkit.Snapshot? = try {
        core.snapshot().toApp()
    } catch (_: Exception) {
        // Freed meanwhile: the snapshot of the closing is shown already.
        null
    }

    fun close() {
        if (!isClosed.compareAndSet(false, true)) return
        try {
            typed { core.shutdown() }
            log.event("closed")
        } finally {
            // After the file was closed: what they would still write of a failure is refused, and a Consent that is opened next may sync.
            exchanges.endAll()
            renew()
            subscription.cancel()
            subscription.destroy()
            free()
        }
    }

    private inline fun <T> read(call: () -> T): T = logged { typed(call) }

    private inline fun <T> write(event: String?, call: () -> T): T {
        val result = try {
            logged { typed(call) }
        } finally {
            renew()
        }
        if (event != null) told(event)
        return result
    }

    private fun told(event: String) {
        log.event(event)
        if (board.shown.pending > 0) ownSyncs?.soon()
    }

    private inline fun <T> logged(call: () -> T): T = try {
        call()
    } catch (fault: AppException) {
        log.event("failed", listOf(fault.code))
        throw fault
    }
}

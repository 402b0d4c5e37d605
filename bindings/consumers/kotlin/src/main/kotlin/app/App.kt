package app

import dev.consentkit.Actor
import dev.consentkit.AdvertisingId
import dev.consentkit.AdvertisingIdAnswer
import dev.consentkit.AdvertisingIdSource
import dev.consentkit.AgeBand
import dev.consentkit.ChoiceKind
import dev.consentkit.Consent
import dev.consentkit.ConsentException
import dev.consentkit.Guardian
import dev.consentkit.ImportChoice
import dev.consentkit.Platform
import dev.consentkit.PushPermission
import dev.consentkit.Reason
import dev.consentkit.Signals
import dev.consentkit.Status
import dev.consentkit.SyncState
import java.io.File
import java.nio.file.Files
import kotlin.time.Duration.Companion.seconds
import kotlinx.coroutines.runBlocking

private const val ID = "38400000-8cf0-11bd-b23e-10b96e40000d"

/** Opens, asks, answers, imports, logs in, takes the advertising id, syncs, reads the past; ends with an exception where anything is not as it must be. */
fun main(arguments: Array<String>) = runBlocking {
    val policy = File(arguments.single()).readText()
    val folder = Files.createTempDirectory("app").toFile()
    val consent = Consent.open(File(folder, "consent.db").path, policy) {
        platform = Platform.ANDROID
        language = "ko"
        // Nobody listens there: the changes wait.
        server = "http://127.0.0.1:1"
        advertisingId = AdvertisingIdSource { AdvertisingIdAnswer.Id(ID, limited = false) }
    }
    check(consent.explain("marketing.email").reasons.first() is Reason) { "no reason" }
    val form = consent.questions("settings")
    check(form.questions.all { it.status == Status.NOT_ANSWERED && it.notice.title.isNotEmpty() }) { "the form" }
    consent.record(form.shown) {
        grant("marketing.data_use")
        grant("marketing.email")
        grant("ad_id.measurement")
        refuse("marketing.push")
    }
    check(consent.allows("marketing.email") && consent.explain("marketing.push").reasons.contains(Reason.Refused)) { "the answers" }
    check(consent.advertisingId("ad_id.measurement") == AdvertisingId.Available(ID)) { "the advertising id" }
    consent.reportSignals(Signals(age = AgeBand.ABOVE, guardian = Guardian.VERIFIED, push = PushPermission.DENIED))
    check(consent.snapshot.signals.push == PushPermission.DENIED) { "the signals" }
    val older = ImportChoice("cookies.analytics", ChoiceKind.GRANTED, 1_709_251_200_000, "older", actor = Actor.PERSON)
    check(consent.import(listOf(older)).imported.single().choice == ChoiceKind.GRANTED) { "the import" }
    consent.signIn("acct_81")
    check(consent.sync(2.seconds).state == SyncState.WAITING) { "the sync" }
    check(consent.history().any { it.status == Status.GRANTED } && consent.verify().ok) { "the past" }
    val view = consent.policy()
    check(view.collection.isNotEmpty() && consent.pending().isNotEmpty()) { "the policy" }
    val refused = runCatching { consent.signIn("null") }.exceptionOrNull()
    check(refused is ConsentException.Invalid && refused.field == "subject") { "bad input: $refused" }
    consent.withdraw("marketing.email")
    check(!consent.allows("marketing.email") && consent.snapshot.toJson().contains("\"withdrawn\"")) { "the withdrawal" }
    consent.close()
    folder.deleteRecursively()
    println("the app ran: ${KotlinVersion.CURRENT}")
}

package dev.consentkit

import dev.consentkit.internal.BlockingCore
import dev.consentkit.internal.Board
import dev.consentkit.internal.ConsentCore
import dev.consentkit.internal.ConsentCoreInterface
import dev.consentkit.internal.ConsentOptions
import dev.consentkit.internal.ConsentSubscriptionInterface
import dev.consentkit.internal.Exchanges
import dev.consentkit.internal.HostServices
import dev.consentkit.internal.Log
import dev.consentkit.internal.OpenConsent
import dev.consentkit.internal.toApp
import dev.consentkit.internal.toCore
import kotlinx.coroutines.runBlocking
import org.junit.Rule
import java.lang.reflect.InvocationTargetException
import java.lang.reflect.Modifier
import java.lang.reflect.Proxy
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.time.Duration.Companion.milliseconds

/** Nothing that the core exports is left out of the package, and nothing of it is called by another name. */
class GeneratedFaceTest {
    @get:Rule
    val phone = Phone()

    private fun names(type: Class<*>) = type.declaredMethods.filterNot { it.isSynthetic }.map { it.name }.toSortedSet()

    @Test
    fun `every exported method is called by the package`() {
        val called = sortedSetOf<String>()
        val options = ConsentOptions(phone.path(), null, POLICY, dev.consentkit.internal.Platform.DESKTOP, "", "ko", "", "https://consent.example")
        val real = ConsentCore.open(options, HostServices())
        val spy = Proxy.newProxyInstance(javaClass.classLoader, arrayOf(ConsentCoreInterface::class.java)) { _, method, arguments ->
            called += method.name
            try {
                method.invoke(real, *arguments.orEmpty())
            } catch (fault: InvocationTargetException) {
                throw fault.targetException
            }
        } as ConsentCoreInterface
        val board = Board(spy.snapshot().toApp(), null)
        val consent = OpenConsent(BlockingCore(spy, board, Log(null), Exchanges(), null) { real.destroy() }, board, Log(null))
        runBlocking {
            val form = consent.questions("settings")
            consent.record(form.shown) { refuse("marketing.email") }
            consent.closed(form.shown)
            consent.webPages("https://shop.example").run {
                handOff()
                hear("{}", "https://shop.example", mainFrame = true)
            }
            consent.announced()
            consent.edition(3)
            consent.withdraw("marketing.email")
            consent.import(listOf(ImportChoice("marketing.sms", ChoiceKind.REFUSED, null, "prefs")))
            consent.signIn("acct_81")
            consent.signOut()
            consent.signOut(1.milliseconds)
            consent.reportSignals(Signals(gpc = true))
            consent.advertisingId("ad_id.measurement")
            consent.nextPrompt()
            consent.text(Reason.Night)
            consent.policy()
            runCatching { consent.adoptPolicy(POLICY) }
            runCatching { consent.sync(1.milliseconds) }
            consent.connectivityRestored()
            consent.pending()
            consent.stuck()
            consent.unrecorded()
            consent.rolledBack()
            consent.cookies()
            consent.cookiesRemoved(emptyList(), emptyList())
            consent.history()
            consent.stateAt(0)
            consent.verify()
            consent.refresh()
        }
        consent.close()
        // Answered from the snapshot instead; ReadingTest compares the two, the bench times them.
        val neverCrossed = setOf("allows", "explain")
        assertEquals(names(ConsentCoreInterface::class.java), (called + neverCrossed).toSortedSet())
        // BlockingCore ends it when it closes: a subscription that stayed would keep the core alive.
        assertEquals(sortedSetOf("cancel"), names(ConsentSubscriptionInterface::class.java))
    }

    @Test
    fun `every exported function is called by the package`() {
        val path = phone.path().also { phone.open().close() }
        val calls = sortedMapOf<String, () -> Any>(
            "policyFaults" to { policyFaults(POLICY) },
            "verifyFile" to { verifyFile(path) },
            // A whole file is refused; that it was asked is what is looked at.
            "recover" to { runCatching { Consent.options(path, POLICY).recoverBlocking() } },
            "reasonText" to { Reason.Night.text("en") },
            "reasonCode" to { dev.consentkit.internal.reasonCode(Reason.Night.toCore()) },
        )
        val exported = Class.forName("dev.consentkit.internal.ConsentkitKt").declaredMethods
            .filter { Modifier.isPublic(it.modifiers) && !it.isSynthetic && !it.name.startsWith("uniffi") }.map { it.name }.toSortedSet()
        assertEquals(calls.keys.toSortedSet(), exported.filterNot { it.contains("\$") || it in PLUMBING }.toSortedSet())
        calls.values.forEach { it() }
    }

    @Test
    fun `every reason, enum and policy fault has the same name and code on both sides`() {
        for (reason in REASONS) {
            assertEquals(dev.consentkit.internal.reasonCode(reason.toCore()), reason.code)
            assertEquals(reason, reason.toCore().toApp())
        }
        assertEquals(dev.consentkit.internal.Reason::class.java.declaredClasses.count { dev.consentkit.internal.Reason::class.java.isAssignableFrom(it) }, REASONS.map { it.javaClass }.distinct().size)
        for (name in ENUMS) {
            fun constants(of: String) = Class.forName(of).enumConstants.map { (it as Enum<*>).name }
            assertEquals(constants("dev.consentkit.internal.${name.replace("AdvertisingId", "AdId")}"), constants("dev.consentkit.$name"), name)
        }
    }

    @Test
    fun `every kind of policy fault has a name, and one that is not known here keeps its code`() {
        val known = FaultCode.Companion::class.java.declaringClass.fields.filter { it.type == FaultCode::class.java }
        val ours = known.associate { it.name to (it.get(null) as FaultCode).code }
        assertEquals(dev.consentkit.internal.FaultCode.entries.associate { it.name to it.name.lowercase() }.toSortedMap(), ours.toSortedMap())
        assertEquals("of_a_later_version", FaultCode.of("of_a_later_version").code)
        assertEquals(FaultCode.MISSING_FIELD, FaultCode.of("missing_field"))
    }

    private companion object {
        /** What the generator adds for itself. */
        val PLUMBING = setOf("getUniffiClonePtr", "use", "destroyAll")

        val ENUMS = listOf(
            "Actor", "AdvertisingIdUnavailable", "AgeBand", "AskAgain", "ChangeKind", "ChoiceKind", "CookieFault", "CookieSource", "DenialKind", "Guardian", "Method", "PeriodUnit", "Platform", "Prompt",
            "PushPermission", "RequestWay", "RightKind", "SameSite", "Status", "SyncState", "Tracking", "WebRefusal",
        )

        val REASONS: List<Reason> = listOf(
            Reason.UnknownPurpose, Reason.StoreUnavailable, Reason.GuardianRequired, Reason.Child, Reason.OsDenied, Reason.OsRestricted,
            Reason.OsNotDetermined, Reason.AdIdLimited, Reason.Gpc, Reason.Requires("a.b"), Reason.NotPulled, Reason.NotAnswered, Reason.Refused, Reason.Withdrawn, Reason.Night,
            Reason.ZoneUnknown,
        ) + AdvertisingIdUnavailable.entries.map { Reason.AdIdUnavailable(it) } + AskAgain.entries.map { Reason.AskAgain(it) }
    }
}

package dev.consentkit

import kotlinx.coroutines.runBlocking
import org.junit.Rule
import java.lang.reflect.Modifier
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertTrue
import kotlin.time.Duration.Companion.milliseconds

/** What one caller gets, no other caller can change: from Java every list would have its `clear`. */
class UnmodifiableTest {
    @get:Rule
    val phone = Phone()

    @Test
    fun `f_68 no list, map or set that is handed out can be changed`() = runBlocking {
        val consent = phone.open { platform = Platform.ANDROID; server = "https://consent.example"; transport = HttpTransport { HttpResponse(503, emptyList(), ByteArray(0)) } }
        val codes = mutableListOf<Any?>()
        val logging = phone.open("log.db") { log = ConsentLog { codes.add(it) } }
        logging.advertisingIdBlocking("ad_id.measurement")
        val form = consent.questions("settings")
        val receipt = consent.answer("marketing.data_use", "marketing.email", refused = listOf("marketing.sms"))
        val old = listOf(ImportChoice("marketing.sms", ChoiceKind.GRANTED, 1_600_000_000_000, "prefs"), ImportChoice("marketing.push", ChoiceKind.REFUSED, null, "prefs"))
        val handedOut = listOf(
            form, receipt, consent.snapshot, consent.state.value, consent.explain("marketing.email.night"), consent.explain("marketing.sms"), consent.explain("no.such"),
            consent.snapshot.explain("no.such"), consent.import(old), consent.advertisingId("ad_id.measurement"), consent.policy(), consent.sync(), consent.pending(),
            consent.stuck(), consent.unrecorded(), consent.history(), consent.stateAt(NOON), consent.verify(), consent.signOut(1_000.milliseconds), policyFaults("{}"),
            Answers().grant("marketing.email").toList(), codes.single { (it as LogEvent).codes.isNotEmpty() }, runCatching { consent.adoptPolicy("{}") }.exceptionOrNull(),
            runCatching { consent.adoptPolicy(POLICY.replace("\"edition\": 3", "\"edition\": 2")) }.exceptionOrNull(),
        )
        val walk = Walk()
        handedOut.forEachIndexed { at, value -> walk.through(value, "value $at") }
        assertEquals(emptyList(), walk.changeable)
        assertTrue(walk.lists > 100, "${walk.lists} lists were looked at")
    }

    @Test
    fun `f_68 the test is not blind`() {
        class Holder(val names: List<String>)
        val walk = Walk()
        walk.through(Answers(), "answers")
        walk.look(Holder(arrayListOf("a")).names, "a list")
        walk.look(listOf("a", "b"), "an array's list")
        walk.look(emptyList<String>(), "an empty list")
        assertEquals(listOf("a list", "an array's list"), walk.changeable)
    }
}

/** Goes through everything that getters of the package's own types lead to. */
private class Walk {
    val changeable = mutableListOf<String>()
    var lists = 0
    private val seen = java.util.Collections.newSetFromMap(java.util.IdentityHashMap<Any, Boolean>())

    fun through(value: Any?, place: String) {
        if (value == null || value is Enum<*> || !seen.add(value)) return
        if (value is Collection<*> || value is Map<*, *>) return look(value, place)
        if (!value.javaClass.name.startsWith("dev.consentkit.")) return
        val getters = value.javaClass.methods.filter { it.parameterCount == 0 && !Modifier.isStatic(it.modifiers) && it.declaringClass.name.startsWith("dev.consentkit.") }
        for (getter in getters.filter { it.name.startsWith("get") || it.name.startsWith("component") }) {
            getter.isAccessible = true
            through(getter.invoke(value), "$place.${getter.name}")
        }
    }

    fun look(value: Any, place: String) {
        lists += 1
        if (isChangeable(value)) changeable += place
        when (value) {
            is Collection<*> -> value.forEachIndexed { at, entry -> through(entry, "$place[$at]") }
            is Map<*, *> -> value.values.forEach { through(it, "$place[…]") }
        }
    }

    /** By Java's own types: Kotlin's cast to a mutable list refuses some lists that Java would take. */
    @Suppress("UNCHECKED_CAST", "PLATFORM_CLASS_MAPPED_TO_KOTLIN")
    private fun isChangeable(value: Any): Boolean {
        val attempts: List<() -> Any?> = when (value) {
            is List<*> -> (value as java.util.List<Any?>).let { list ->
                listOf({ list.set(0, list[0]) }, { list.iterator().apply { next() }.remove() }, { list.add(null) }, { list.clear() })
            }
            is Set<*> -> (value as java.util.Set<Any?>).let { set -> listOf({ set.iterator().apply { next() }.remove() }, { set.add(null) }, { set.clear() }) }
            else -> (value as java.util.Map<Any?, Any?>).let { map -> listOf({ map.put(null, null) }, { map.clear() }) }
        }
        return attempts.any { attempt -> runCatching { attempt() }.isSuccess }
    }
}

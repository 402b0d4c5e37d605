package dev.consentkit

import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertTrue

/** What R8 and ProGuard find in the jar. `cargo xtask consumers` lets both minify an app by it, and runs that. */
class RulesTest {
    private fun rules(folder: String) = Consent::class.java.getResource("/META-INF/$folder/consentkit.pro")?.readText()

    @Test
    fun `f_71 the rules come with the classes, for R8 and for ProGuard`() {
        val rules = rules("proguard").orEmpty()
        assertEquals(rules, rules("com.android.tools/r8"))
        for (kept in listOf("-keep class com.sun.jna.** { *; }", "-keep class dev.consentkit.internal.** { *; }", "-keepclassmembers enum dev.consentkit.**")) {
            assertTrue(kept in rules, kept)
        }
    }
}

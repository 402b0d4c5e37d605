package dev.consentkit.api

import java.io.File
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertTrue
import org.jetbrains.kotlin.abi.tools.AbiFilters
import org.jetbrains.kotlin.abi.tools.AbiTools

/** What an app can compile against, held in files: a change of it is a visible change of a file. */
class PublicApiTest {
    private val golden = File(System.getProperty("consentkit.root"), "bindings/kotlin/api")

    /** What an app that is compiled already calls: the dump of Kotlin's own validator, without the generated face and its glue. */
    private fun binary(artifact: String): String {
        val hidden = AbiFilters(emptySet(), setOf("dev.consentkit.internal.**"), emptySet(), emptySet())
        val text = StringBuilder().also { AbiTools.getInstance().printJvmDump(it, Compiled.files(artifact), hidden) }.toString()
        assertTrue("public " in text, "$artifact has no public class in ${Compiled.folder(artifact)}")
        return text
    }

    /** What an app is compiled against: see [kotlinLines]. */
    private fun source(artifact: String): String = Compiled.classes(artifact).flatMap(::kotlinLines).sorted().joinToString("\n", postfix = "\n")

    @Test
    fun `the public face is the one that was agreed on`() {
        for (artifact in Compiled.PUBLISHED) {
            for ((kind, actual) in listOf("api" to binary(artifact), "txt" to source(artifact))) {
                val file = File(golden, "$artifact.$kind")
                if (System.getenv("CONSENTKIT_REFRESH") == "1") file.writeText(actual)
                val agreed = file.takeIf { it.exists() }?.readText()
                assertTrue(agreed == actual, "$file is not what $artifact shows; CONSENTKIT_REFRESH=1 writes it anew. First difference: ${difference(agreed.orEmpty(), actual)}")
            }
        }
    }

    @Test
    fun `no generated type is in a signature`() {
        for (artifact in Compiled.PUBLISHED) assertFalse("dev/consentkit/internal/" in binary(artifact), "$artifact shows a generated type")
    }

    @Test
    fun `f_74 no public class has a copy or numbered components, which the next field would break`() {
        for (artifact in Compiled.PUBLISHED) {
            val found = binary(artifact).lines().filter { Regex("""fun (copy(\\${'$'}default)?|component\d+) \(""").containsMatchIn(it) }
            assertEquals(emptyList(), found, artifact)
        }
    }

    @Test
    fun `f_74 nullability and defaults are part of what was agreed on`() {
        val lines = source("consentkit").lines()
        val choice = "constructor(purpose: String, choice: ChoiceKind, saidAt: Long?, source: String, textVersion: String? = …, actor: Actor? = …)"
        assertTrue("ImportChoice: $choice" in lines, lines.filter { it.startsWith("ImportChoice") }.joinToString("\n"))
    }

    private fun difference(agreed: String, actual: String): String =
        (actual.lines() - agreed.lines().toSet()).firstOrNull() ?: (agreed.lines() - actual.lines().toSet()).firstOrNull().orEmpty()
}

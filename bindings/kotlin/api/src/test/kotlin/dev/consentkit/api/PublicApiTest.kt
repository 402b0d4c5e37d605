package dev.consentkit.api

import java.io.File
import java.io.PrintWriter
import java.io.StringWriter
import java.net.URLClassLoader
import java.util.spi.ToolProvider
import kotlin.metadata.Visibility
import kotlin.metadata.jvm.KotlinClassMetadata
import kotlin.metadata.visibility
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertTrue

/** What an app can compile against, as javap sees it: a change of it is a visible change of a file. */
class PublicApiTest {
    private val compiled = File(System.getProperty("consentkit.compiled"))
    private val golden = File(System.getProperty("consentkit.root"), "bindings/kotlin/api")

    /** The public classes of a module with their public members, sorted. */
    private fun surface(artifact: String): String {
        val classes = File(compiled, "$artifact/classes")
        val loader = URLClassLoader(PUBLISHED.map { File(compiled, "$it/classes").toURI().toURL() }.toTypedArray(), javaClass.classLoader)
        val ours = classes.walk().filter { it.extension == "class" && isOurs(it.relativeTo(classes).path) }
        val files = ours.filter { isPublic(loader.loadClass(it.relativeTo(classes).path.removeSuffix(".class").replace('/', '.'))) }.map { it.path }.sorted().toList()
        assertTrue(files.isNotEmpty(), "$artifact has no class in $classes")
        val out = StringWriter()
        val code = ToolProvider.findFirst("javap").get().run(PrintWriter(out), PrintWriter(System.err), "-public", *files.toTypedArray())
        assertEquals(0, code)
        val dumps = out.toString().split(Regex("(?m)^Compiled from .*\n")).filter { it.startsWith("public ") }
        return dumps.map(::sorted).sorted().joinToString("\n")
    }

    /** Not the generated face and its glue, and no class without a name. */
    private fun isOurs(path: String) = path.startsWith("dev/consentkit/") && !path.startsWith("dev/consentkit/internal/") && !Regex("\\$\\d|WhenMappings").containsMatchIn(path)

    /** To Kotlin as well, and not inside a class that is not. */
    private fun isPublic(type: Class<*>): Boolean {
        val metadata = type.getAnnotation(Metadata::class.java) ?: return true
        val isSeen = when (val read = KotlinClassMetadata.readLenient(metadata)) {
            is KotlinClassMetadata.Class -> read.kmClass.visibility == Visibility.PUBLIC
            is KotlinClassMetadata.FileFacade -> with(read.kmPackage) {
                functions.any { it.visibility == Visibility.PUBLIC } || properties.any { it.visibility == Visibility.PUBLIC }
            }
            else -> false
        }
        return isSeen && type.declaringClass.let { it == null || isPublic(it) }
    }

    private fun sorted(dump: String): String {
        val lines = dump.trimEnd().lines()
        val members = lines.drop(1).dropLast(1).filterNot { "\$consentkit" in it || "\$suspendImpl" in it || "access\$" in it || "static {}" in it || "DefaultConstructorMarker" in it }
        return (listOf(lines.first()) + members.sorted() + "}").joinToString("\n") + "\n"
    }

    @Test
    fun `the public face is the one that was agreed on`() {
        for (artifact in PUBLISHED) {
            val file = File(golden, "$artifact.txt")
            val actual = surface(artifact)
            if (System.getenv("CONSENTKIT_REFRESH") == "1") file.writeText(actual)
            val agreed = file.takeIf { it.exists() }?.readText()
            assertTrue(agreed == actual, "$file is not what $artifact shows; CONSENTKIT_REFRESH=1 writes it anew. First difference: ${difference(agreed.orEmpty(), actual)}")
        }
    }

    @Test
    fun `no generated type is in a signature`() {
        for (artifact in PUBLISHED) assertFalse("dev.consentkit.internal." in surface(artifact), "$artifact shows a generated type")
    }

    private fun difference(agreed: String, actual: String): String =
        (actual.lines() - agreed.lines().toSet()).firstOrNull() ?: (agreed.lines() - actual.lines().toSet()).firstOrNull().orEmpty()

    private companion object {
        val PUBLISHED = listOf("consentkit", "consentkit-testing", "consentkit-android")
    }
}

package dev.consentkit.scenarios

import java.io.File

/** Where this run finds what it needs; the project's command line says so. */
object Surroundings {
    val scenarios: File get() = file("consentkit.scenarios")
    val server: File get() = file("consentkit.server")
    val policy: String get() = file("consentkit.policy").readText()

    /** The policies of other companies that can be opened, by their files' names. */
    val policies: List<File>
        get() = file("consentkit.policies").listFiles { file -> file.extension == "json" && !file.name.startsWith("as-published") }.orEmpty().sorted()

    private fun file(property: String): File {
        val path = System.getProperty(property) ?: error("the system property $property says nothing")
        return File(path).also { check(it.exists()) { "$property names nothing that exists" } }
    }
}

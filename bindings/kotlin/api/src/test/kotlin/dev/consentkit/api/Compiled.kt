package dev.consentkit.api

import java.io.File
import java.net.URLClassLoader
import kotlin.metadata.Visibility
import kotlin.metadata.jvm.KotlinClassMetadata
import kotlin.metadata.visibility

/** The classes of the published modules, as they were compiled. */
internal object Compiled {
    val PUBLISHED = listOf("consentkit", "consentkit-testing", "consentkit-android")

    private val loader = URLClassLoader(PUBLISHED.map { folder(it).toURI().toURL() }.toTypedArray(), javaClass.classLoader)

    fun folder(artifact: String) = File(System.getProperty("consentkit.compiled"), "$artifact/classes")

    fun files(artifact: String) = folder(artifact).walk().filter { it.extension == "class" }.sorted().toList()

    /** Those that an app sees. */
    fun classes(artifact: String): List<Class<*>> {
        val folder = folder(artifact)
        val ours = folder.walk().filter { it.extension == "class" }.map { it.relativeTo(folder).path }.filter(::isOurs)
        return ours.map { loader.loadClass(it.removeSuffix(".class").replace('/', '.')) }.filter(::isPublic).toList()
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
}

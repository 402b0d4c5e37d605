package dev.consentkit.api

import kotlin.metadata.ClassKind
import kotlin.metadata.KmClass
import kotlin.metadata.KmClassifier
import kotlin.metadata.KmConstructor
import kotlin.metadata.KmFunction
import kotlin.metadata.KmProperty
import kotlin.metadata.KmType
import kotlin.metadata.KmValueParameter
import kotlin.metadata.KmVariance
import kotlin.metadata.MemberKind
import kotlin.metadata.Modality
import kotlin.metadata.Visibility
import kotlin.metadata.declaresDefaultValue
import kotlin.metadata.isFunInterface
import kotlin.metadata.isNullable
import kotlin.metadata.isSuspend
import kotlin.metadata.isVar
import kotlin.metadata.jvm.KotlinClassMetadata
import kotlin.metadata.kind
import kotlin.metadata.modality
import kotlin.metadata.visibility

/** What Kotlin's own metadata says of a class and bytecode does not: a line a declaration, with nullability, names of parameters and defaults. */
internal fun kotlinLines(type: Class<*>): List<String> {
    val metadata = type.getAnnotation(Metadata::class.java) ?: return emptyList()
    val (name, lines) = when (val read = KotlinClassMetadata.readLenient(metadata)) {
        is KotlinClassMetadata.Class -> read.kmClass.let { it.shortName to listOf(it.heading) + it.members }
        is KotlinClassMetadata.FileFacade -> type.simpleName to read.kmPackage.let { members(it.functions, it.properties) }
        else -> return emptyList()
    }
    return lines.map { "$name: $it" }
}

private val KmClass.shortName get() = name.substringAfterLast('/')

private val KmClass.heading: String
    get() {
        val shape = when (kind) {
            ClassKind.INTERFACE -> if (isFunInterface) "fun interface" else "interface"
            ClassKind.ENUM_CLASS -> "enum class"
            ClassKind.OBJECT -> "object"
            ClassKind.COMPANION_OBJECT -> "companion object"
            else -> if (modality == Modality.FINAL) "class" else "${modality.name.lowercase()} class"
        }
        val above = supertypes.map(::written).filter { it != "Any" && !it.startsWith("Enum<") }
        val entries = kmEnumEntries.joinToString(", ") { it.name }
        return listOf(shape, if (above.isEmpty()) "" else ": " + above.joinToString(), entries).filter(String::isNotEmpty).joinToString(" ")
    }

private val KmClass.members: List<String>
    get() = constructors.filter { isSeen(it.visibility) && kind != ClassKind.OBJECT }.map(::written) + members(functions, properties)

private fun members(functions: List<KmFunction>, properties: List<KmProperty>): List<String> =
    functions.filter { isSeen(it.visibility) && it.kind == MemberKind.DECLARATION }.map(::written) +
        properties.filter { isSeen(it.visibility) && it.kind == MemberKind.DECLARATION }.map(::written)

private fun isSeen(visibility: Visibility) = visibility == Visibility.PUBLIC || visibility == Visibility.PROTECTED

private fun written(constructor: KmConstructor) = "constructor(${constructor.valueParameters.joinToString(transform = ::written)})"

private fun written(function: KmFunction): String {
    val receiver = function.receiverParameterType?.let { written(it) + "." }.orEmpty()
    val parameters = function.valueParameters.joinToString(transform = ::written)
    return "${if (function.isSuspend) "suspend " else ""}fun $receiver${function.name}($parameters): ${written(function.returnType)}"
}

private fun written(property: KmProperty): String {
    val receiver = property.receiverParameterType?.let { written(it) + "." }.orEmpty()
    return "${if (property.isVar) "var" else "val"} $receiver${property.name}: ${written(property.returnType)}"
}

private fun written(parameter: KmValueParameter): String {
    val element = parameter.varargElementType
    val type = if (element == null) written(parameter.type) else written(element)
    return "${if (element == null) "" else "vararg "}${parameter.name}: $type${if (parameter.declaresDefaultValue) " = …" else ""}"
}

private fun written(type: KmType): String {
    val name = when (val classifier = type.classifier) {
        is KmClassifier.Class -> classifier.name.substringAfterLast('/')
        is KmClassifier.TypeAlias -> classifier.name.substringAfterLast('/')
        is KmClassifier.TypeParameter -> "T${classifier.id}"
    }
    val arguments = type.arguments.joinToString { argument ->
        val of = argument.type
        val variance = when (argument.variance) {
            KmVariance.IN -> "in "
            KmVariance.OUT -> "out "
            else -> ""
        }
        if (of == null) "*" else variance + written(of)
    }
    return name + (if (arguments.isEmpty()) "" else "<$arguments>") + if (type.isNullable) "?" else ""
}

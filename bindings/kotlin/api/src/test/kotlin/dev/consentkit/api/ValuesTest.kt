package dev.consentkit.api

import java.lang.reflect.Constructor
import java.lang.reflect.Modifier
import java.lang.reflect.ParameterizedType
import java.lang.reflect.Type
import java.lang.reflect.WildcardType
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertNotEquals
import kotlin.test.assertTrue

/** Values are equal by all that they are made of, as data classes would be, whatever fields a version adds. */
class ValuesTest {
    private val values = Compiled.classes("consentkit").filter { type ->
        val isWhole = !Modifier.isAbstract(type.modifiers) && !type.isEnum && maker(type) != null
        isWhole && generateSequence(type) { it.superclass }.takeWhile { it != Any::class.java }.any { of -> of.declaredMethods.any { it.name == "equals" } }
    }

    /** The constructor that takes everything, also where an app may not call it. */
    private fun maker(type: Class<*>): Constructor<*>? =
        type.declaredConstructors.filter { !it.isSynthetic && it.parameterCount > 0 }.maxByOrNull { it.parameterCount }?.apply { isAccessible = true }

    private fun made(type: Class<*>, kinds: List<Int>): Any =
        maker(type)!!.let { maker -> maker.newInstance(*maker.genericParameterTypes.mapIndexed { at, of -> sample(of, kinds[at]) }.toTypedArray()) }

    /** One of two values of a type. */
    private fun sample(type: Type, kind: Int): Any = when (type) {
        is ParameterizedType -> listOf(sample(type.actualTypeArguments[0], kind))
        is WildcardType -> sample(type.upperBounds[0], kind)
        String::class.java -> "text $kind"
        Long::class.java, Long::class.javaObjectType -> kind.toLong()
        Int::class.java, Int::class.javaObjectType -> kind
        Boolean::class.java, Boolean::class.javaObjectType -> kind == 1
        is Class<*> -> when {
            type.isEnum -> type.enumConstants[kind]
            Modifier.isAbstract(type.modifiers) -> type.declaredClasses.sortedBy { it.name }.mapNotNull { of -> of.fields.firstOrNull { it.name == "INSTANCE" } }[kind].get(null)
            else -> made(type, List(maker(type)!!.parameterCount) { kind })
        }
        else -> error("no sample of $type")
    }

    @Test
    fun `f_74 a value is another one where any of its parts is`() {
        assertTrue(values.size > 40, "only ${values.size} values were found")
        for (type in values) {
            val count = maker(type)!!.parameterCount
            val zeros = List(count) { 0 }
            assertEquals(made(type, zeros), made(type, zeros), "$type")
            assertEquals(made(type, zeros).hashCode(), made(type, zeros).hashCode(), "$type")
            for (at in 0 until count) {
                assertNotEquals(made(type, zeros), made(type, zeros.mapIndexed { place, _ -> if (place == at) 1 else 0 }), "$type, part $at")
            }
        }
    }
}

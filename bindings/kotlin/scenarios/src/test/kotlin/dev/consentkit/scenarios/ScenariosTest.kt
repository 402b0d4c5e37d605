package dev.consentkit.scenarios

import java.io.File
import kotlin.test.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.junit.runners.Parameterized

/** Every file of `tests/scenarios` through the public Kotlin API, on the native library and the reference server. */
@RunWith(Parameterized::class)
class ScenariosTest(private val name: String, private val file: File) {
    @Test
    fun plays() = run(name, file.readText(), REAL)

    companion object {
        @JvmStatic
        @Parameterized.Parameters(name = "{0}")
        fun files() = scenarioFiles().map { (name, file) -> arrayOf<Any>(name, file) }
    }
}

/** Those of them that do not need the library itself, through the fake. */
@RunWith(Parameterized::class)
class FakeScenariosTest(private val name: String, private val file: File) {
    @Test
    fun plays() = run(name, file.readText(), FAKE)

    companion object {
        @JvmStatic
        @Parameterized.Parameters(name = "{0}")
        fun files() = playable().map { (name, file) -> arrayOf<Any>(name, file) }
    }
}

/** That neither of the two runs shrinks unseen. */
class CoverageTest {
    @Test
    fun thereIsAFolderOfScenarios() = assertTrue(scenarioFiles().size >= LEAST, "${scenarioFiles().size} files")

    @Test
    fun theFakePlaysAtLeastThese() {
        assertTrue(playable().size >= LEAST_BY_THE_FAKE, "${playable().size} of at least $LEAST_BY_THE_FAKE: ${playable().keys}")
        assertTrue("settings_changed_between_launches" in playable())
    }

    private companion object {
        const val LEAST = 85
        const val LEAST_BY_THE_FAKE = 40
    }
}

private fun playable() = scenarioFiles().filter { (name, file) -> needsLibrary(Scenario.read(name, file.readText())) == null }

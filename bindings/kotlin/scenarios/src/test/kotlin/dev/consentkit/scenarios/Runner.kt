package dev.consentkit.scenarios

import java.io.File
import kotlinx.coroutines.runBlocking

/** Plays a scenario; tells the file and the step where it fails. */
fun run(name: String, text: String, maker: Maker) {
    val scenario = try {
        Scenario.read(name, text)
    } catch (fault: Fault) {
        throw Fault("$name.json: ${fault.message}")
    }
    World(scenario, maker).use { world ->
        runBlocking {
            scenario.steps.forEachIndexed { index, step ->
                try {
                    world.play(step)
                } catch (fault: Fault) {
                    throw Fault("$name.json step ${index + 1} (${step.kind}): ${fault.message}").apply { initCause(fault) }
                }
            }
        }
    }
}

/** Devices that are the public API on the native library. */
val REAL = Maker { settings, now, folder, server -> RealPhone(settings, now, folder, server) }

/** Devices that are the fake. */
val FAKE = Maker { settings, now, _, _ -> FakePhone(settings, now) }

/** Every scenario file, by its name without the ending. */
fun scenarioFiles(): Map<String, File> =
    Surroundings.scenarios.listFiles { file -> file.extension == "json" }.orEmpty().sorted().associateBy { it.nameWithoutExtension }

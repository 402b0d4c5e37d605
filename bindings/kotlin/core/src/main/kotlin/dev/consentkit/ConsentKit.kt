@file:JvmName("ConsentKit")

package dev.consentkit

import dev.consentkit.internal.faultsOf
import dev.consentkit.internal.verificationOf

/** How long [Consent.sync] may take unless told otherwise: two exchanges with a server that is at its slowest. */
public const val SYNC_TIMEOUT_MILLIS: Long = 60_000

/** Most entries that one call of [Consent.history] returns. */
public const val MAX_HISTORY: Long = 1_000

/**
 * Every fault of a policy document, with its place and what to do; empty for a good one. Blocks for a few milliseconds; for the app's
 * tests and build.
 */
public fun policyFaults(document: String): List<PolicyFault> = faultsOf(document)

/**
 * Checks a copy of a database, as a privacy officer does. Blocks on the disk, for as long as the history is long.
 *
 * @throws ConsentException where the file is no database, or cannot be read.
 */
public fun verifyFile(path: String): Verification = verificationOf(path)

// The public classes have no `copy`, so that they can grow. The fake changes single fields of two of them.
package dev.consentkit.testing

import dev.consentkit.Actor
import dev.consentkit.AdvertisingIdSignal
import dev.consentkit.AgeBand
import dev.consentkit.Guardian
import dev.consentkit.HistoryEntry
import dev.consentkit.Method
import dev.consentkit.PushPermission
import dev.consentkit.Signals
import dev.consentkit.Status
import dev.consentkit.Tracking

internal fun Signals.copy(
    tracking: Tracking? = this.tracking,
    adId: AdvertisingIdSignal? = this.adId,
    gpc: Boolean? = this.gpc,
    age: AgeBand? = this.age,
    guardian: Guardian? = this.guardian,
    push: PushPermission? = this.push,
): Signals = Signals(tracking, adId, gpc, age, guardian, push)

internal fun HistoryEntry.copy(
    seq: Long = this.seq,
    at: Long = this.at,
    offset: Int = this.offset,
    kind: String = this.kind,
    purpose: String? = this.purpose,
    status: Status? = this.status,
    actor: Actor? = this.actor,
    method: Method? = this.method,
    policyVersion: String? = this.policyVersion,
    text: String? = this.text,
    language: String? = this.language,
    edition: Long? = this.edition,
    signedIn: Boolean? = this.signedIn,
    source: String? = this.source,
    saidAt: Long? = this.saidAt,
): HistoryEntry =
    HistoryEntry(seq, at, offset, kind, purpose, status, actor, method, policyVersion, text, language, edition, signedIn, source, saidAt)

import ConsentKitBase

/// Where one purpose stands with the person.
struct Standing: Equatable, Sendable {
    var status: Consent.Status = .notAnswered
    /// Set where a grant must be asked for again and does not count until then.
    var askAgain: Consent.AskAgain?
    /// Since when it counts, Unix milliseconds.
    var at: Int64 = 0
    /// Material number of the notice that it answers.
    var material = 0
    /// Position of the entry that made it so.
    var seq: Int64 = 0
    /// By whom it was said.
    var actor = Consent.Actor.person
    /// The date that its entry bears, be it one that can be or not.
    var written: Int64 = 0
    /// True where an older store of the app said it.
    var imported = false
    /// True where that store did not keep when.
    var undated = false
    /// True where a no to it is known, however old. Where a later yes does not count, that no still stands.
    var refusedBefore = false
    /// For a purpose that is allowed until the person objects: what saying nothing is worth.
    var silence = Silence.notPulled

    enum Silence: Sendable {
        /// Nothing: it is not known here what was said elsewhere.
        case notPulled
        /// A yes: all is known that was said anywhere.
        case allows
        /// Nothing: an earlier edition asked consent, and silence was no answer to that.
        case needsAnswer
    }

    /// True where an objection stands: a no that no later yes took back which counts.
    var objects: Bool {
        switch (status, askAgain) {
        case (.refused, _), (.withdrawn, _), (.granted, .staleGrant), (.granted, .restored): true
        case (.granted, nil): false
        case (.granted, _), (.notAnswered, _): refusedBefore
        }
    }
}

/// Everything a decision is made of, except the purpose and the time. Worked out as the core does, reason by reason.
struct Circumstances: Sendable {
    let policy: PolicyDocument
    let standings: [String: Standing]
    var signals: Consent.Signals
    let platform: Consent.Platform
    let available: Bool

    /// Decides one purpose at `now` (Unix milliseconds), with every reason in the documented order.
    func decide(_ id: String, at now: Int64) -> Consent.Decision {
        guard let purpose = policy.purpose(id) else {
            return Consent.Decision(purpose: id, allowed: false, reasons: [.unknownPurpose], osBlocked: false)
        }
        var reasons: [Consent.Reason] = []
        let consent = purpose.basis.mayBeAnswered
        if consent {
            if !available { reasons.append(.storeUnavailable) }
            reasons += caps(on: purpose)
        }
        if consent && available {
            reasons += missingRequirements(of: purpose, at: now)
            if isNotPulled(purpose) { reasons.append(.notPulled) }
            let answer = answer(to: purpose)
            if let block = answer.block { reasons.append(block) }
            if let late = answer.outOfTime(at: now) { reasons.append(late) }
        }
        let answersKnown = available || !consent
        if answersKnown && needsNightConsent(purpose) && policy.isNight(at: now) && !nightConsent(for: purpose).holds(at: now) {
            reasons.append(policy.night?.isUnknown == true ? .zoneUnknown : .night)
        }
        let blocked = purpose.channel == .push && signals.push == .denied
        return Consent.Decision(purpose: id, allowed: reasons.isEmpty, reasons: reasons, osBlocked: blocked)
    }

    /// As `decide`, without the advertising-id provider's own last answer: one time-out must not close it for ever.
    func decideBeforeAsking(_ id: String, at now: Int64) -> Consent.Decision {
        leavingOutTheProvider.decide(id, at: now)
    }

    /// The system's own question to put next: tracking only where it alone holds up something that was granted, then push.
    func nextPrompt(at now: Int64) -> Consent.Prompt? {
        let silent = leavingOutTheProvider
        if policy.purposes.contains(where: { $0.usesAdvertisingID && silent.decide($0.id, at: now).reasons == [.osNotDetermined] }) {
            return .tracking
        }
        let open = signals.push == .notDetermined
        return open && policy.purposes.contains { $0.channel == .push && stands($0).holds(at: now) } ? .push : nil
    }

    /// The next time after `now` at which the answer or one of its reasons is another one; nil where only a change can alter them.
    func validUntil(_ id: String, at now: Int64) -> Int64? {
        guard let purpose = policy.purpose(id) else { return nil }
        let consent = purpose.basis.mayBeAnswered
        var ends: [Int64?] = []
        if consent && available {
            var walk = Walk(from: purpose)
            ends += purpose.requires.map { walk.follow($0, in: self).nextChange(after: now) }
            ends.append(answer(to: purpose).nextChange(after: now))
        }
        if (available || !consent) && needsNightConsent(purpose) { ends.append(nextNightChange(for: purpose, after: now)) }
        return ends.compactMap { $0 }.min()
    }

    /// What Google's libraries may be told: a type is granted where every purpose that names it is allowed, and one does (GCM-4).
    func googleConsent(at now: Int64) -> Consent.GoogleConsent {
        func granted(_ type: PolicyPurpose.Google) -> Bool {
            let named = policy.purposes.filter { $0.google.contains(type) }
            return !named.isEmpty && named.allSatisfy { decide($0.id, at: now).allowed }
        }
        return Consent.GoogleConsent(
            adStorage: granted(.adStorage), analyticsStorage: granted(.analyticsStorage), adUserData: granted(.adUserData),
            adPersonalization: granted(.adPersonalization))
    }

    private var leavingOutTheProvider: Self {
        var other = self
        other.signals.adID = nil
        return other
    }
}

// MARK: - Caps

extension Circumstances {
    /// True where only the guardian's grant counts: the person is below the age of consent, or of unknown age where children are
    /// expected.
    var mayBeChild: Bool {
        switch signals.age {
        case .below: true
        case .above: false
        case .unknown, nil: policy.audience != .adult
        }
    }

    /// What caps a purpose whatever the person said. A cap never grants (OPT-1).
    private func caps(on purpose: PolicyPurpose) -> [Consent.Reason] {
        var caps: [Consent.Reason] = []
        if mayBeChild && signals.guardian != .verified { caps.append(.guardianRequired) }
        // No guardian lifts this one (AND-5, BA-1).
        if purpose.sharesForAdvertising && mayBeChild { caps.append(.child) }
        if purpose.usesAdvertisingID {
            if platform == .ios, let cap = trackingCap { caps.append(cap) }
            if let cap = advertisingIDCap { caps.append(cap) }
        }
        if purpose.sharesForAdvertising && signals.gpc == true { caps.append(.gpc) }
        return caps
    }

    private var trackingCap: Consent.Reason? {
        switch signals.tracking ?? .notDetermined {
        case .authorized: nil
        case .denied: .osDenied
        case .restricted: .osRestricted
        case .notDetermined: .osNotDetermined
        }
    }

    private var advertisingIDCap: Consent.Reason? {
        switch signals.adID {
        case .available: nil
        case .limited: .adIDLimited
        case .unavailable(let kind): .adIDUnavailable(kind: kind)
        // Elsewhere the provider is asked only after the decision, so its silence says nothing.
        case nil: platform == .desktop ? .adIDUnavailable(kind: .noProvider) : nil
        }
    }
}

// MARK: - The person's answer and what it requires

/// What the person's answer to one purpose amounts to.
struct GivenAnswer {
    /// What blocks at any time.
    let block: Consent.Reason?
    /// While the grant's time runs.
    var counts = Span.always
    /// When a grant that has an expiry was given.
    var at: Int64?

    /// Why the grant does not count at `now`, as far as time alone goes.
    func outOfTime(at now: Int64) -> Consent.Reason? {
        if counts.holds(at: now) { return nil }
        return .askAgain(cause: at.map { Dates.isPossible($0, at: now) } ?? true ? .expired : .impossibleDate)
    }

    /// The next time at which time alone makes it another answer: from 2008 on a date before it can no longer be.
    func nextChange(after now: Int64) -> Int64? {
        let tooEarly = at.flatMap { max($0, now) < Dates.earliest ? Dates.earliest : nil }
        return [counts.nextChange(after: now), tooEarly].compactMap { $0 }.min()
    }
}

extension Circumstances {
    private func missingRequirements(of purpose: PolicyPurpose, at now: Int64) -> [Consent.Reason] {
        var walk = Walk(from: purpose)
        return purpose.requires.compactMap { walk.follow($0, in: self).holds(at: now) ? nil : .requires(purpose: $0) }
    }

    private func answer(to purpose: PolicyPurpose) -> GivenAnswer {
        let standing = standings[purpose.id] ?? Standing()
        if purpose.basis.silenceAllows && !mayBeChild { return GivenAnswer(block: Self.objection(standing)) }
        switch standing.status {
        case .notAnswered: return GivenAnswer(block: .notAnswered)
        case .refused: return GivenAnswer(block: .refused)
        case .withdrawn: return GivenAnswer(block: .withdrawn)
        case .granted: break
        }
        if let cause = standing.askAgain { return GivenAnswer(block: .askAgain(cause: cause)) }
        // Until the guardian is verified that alone is the reason: who then said yes makes no difference yet.
        if mayBeChild && standing.actor != .guardian && signals.guardian == .verified {
            return GivenAnswer(block: .askAgain(cause: .notByGuardian))
        }
        let block: Consent.Reason? = standing.material < purpose.material ? .askAgain(cause: .policyChanged) : nil
        guard let days = purpose.expiresAfterDays else { return GivenAnswer(block: block) }
        return GivenAnswer(block: block, counts: .days(days, from: standing.at), at: standing.at)
    }

    /// Reads the answer to a purpose that is allowed until the person objects. A yes only takes an objection back, so it neither runs out nor
    /// depends on the text that it answered; and a yes that does not count leaves things as they were.
    private static func objection(_ standing: Standing) -> Consent.Reason? {
        let needsAnswer = standing.silence == .needsAnswer
        switch (standing.status, standing.askAgain) {
        case (.refused, _): return .refused
        case (.withdrawn, _): return .withdrawn
        case (.granted, let cause?): return needsAnswer || standing.objects ? .askAgain(cause: cause) : nil
        case (.granted, nil): return nil
        case (.notAnswered, _): return standing.objects ? .withdrawn : needsAnswer ? .notAnswered : nil
        }
    }

    /// True where it is not known whether the person objected elsewhere.
    private func isNotPulled(_ purpose: PolicyPurpose) -> Bool {
        purpose.basis.silenceAllows && (standings[purpose.id]?.silence ?? .notPulled) == .notPulled
    }

    /// True where only a yes allows a purpose about which the person has a say. Who may not consent alone does not agree by silence either.
    func needsYes(_ purpose: PolicyPurpose) -> Bool {
        !purpose.basis.silenceAllows || mayBeChild || standings[purpose.id]?.silence == .needsAnswer
    }

    /// True where a purpose of the person would be allowed by silence, and it is not known what the person said elsewhere.
    var waitsForAPull: Bool {
        policy.purposes.contains { $0.scope == .person && isNotPulled($0) }
    }

    /// While a purpose stands by its own caps and answer, what it requires left aside.
    fileprivate func own(_ purpose: PolicyPurpose) -> Span {
        let answer = answer(to: purpose)
        return available && !isNotPulled(purpose) && caps(on: purpose).isEmpty && answer.block == nil ? answer.counts : .never
    }

    /// While a purpose's consent stands with all it requires, but for the ones in `granted`.
    private func stands(_ purpose: PolicyPurpose, granted: [String] = []) -> Span {
        guard purpose.basis.mayBeAnswered else { return .always }
        var walk = Walk(from: purpose)
        return purpose.requires.filter { !granted.contains($0) }.reduce(own(purpose)) { $0.and(walk.follow($1, in: self)) }
    }

    /// True where messages of a purpose need the separate consent at night.
    private func needsNightConsent(_ purpose: PolicyPurpose) -> Bool {
        guard !purpose.night, let channel = purpose.channel else { return false }
        return policy.needsNightConsent(channel)
    }

    /// While the night consent for a channel purpose stands. What the day purpose is and requires is left aside: its own
    /// reasons tell of that.
    private func nightConsent(for day: PolicyPurpose) -> Span {
        let nights = policy.purposes.filter {
            $0.night && $0.basis == .consent && $0.channel == day.channel && $0.requires.contains(day.id)
        }
        return nights.map { stands($0, granted: [day.id] + day.requires) }.reduce(.never) { $0.longer($1) }
    }

    /// Most moments to look at: by day the consent begins, then it ends, and then the night comes that lacks it.
    private static let mostSteps = 4

    /// The next time at which a purpose that needs the night consent begins or ends to miss it.
    private func nextNightChange(for day: PolicyPurpose, after now: Int64) -> Int64? {
        let consent = nightConsent(for: day)
        func isMissed(_ at: Int64) -> Bool { policy.isNight(at: at) && !consent.holds(at: at) }
        var at = now
        for _ in 0..<Self.mostSteps {
            // While it stands the window's edges change nothing.
            let edge = consent.holds(at: at) ? nil : policy.night?.nextChange(after: at)
            guard let next = [consent.nextChange(after: at), edge].compactMap({ $0 }).min() else { return nil }
            at = next
            if isMissed(at) != isMissed(now) { return at }
        }
        return nil
    }
}

/// Follows `requires` once per purpose, however often it is named.
private struct Walk {
    /// How far it is followed; past this the answer is no.
    private static let maxDepth = 32

    private var seen: [String: Span]

    /// Begins at a purpose, which then cannot be required by what it requires: a circle denies.
    init(from purpose: PolicyPurpose) {
        seen = [purpose.id: .never]
    }

    mutating func follow(_ id: String, in circumstances: Circumstances, depth: Int = 1) -> Span {
        if let known = seen[id] { return known }
        guard let purpose = circumstances.policy.purpose(id) else { return .never }
        if !purpose.basis.mayBeAnswered { return .always }
        if depth > Self.maxDepth { return .never }
        seen[id] = .never
        var span = circumstances.own(purpose)
        for required in purpose.requires {
            span = span.and(follow(required, in: circumstances, depth: depth + 1))
        }
        seen[id] = span
        return span
    }
}

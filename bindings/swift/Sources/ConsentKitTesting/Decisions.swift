import ConsentKitBase

/// Where one purpose stands with the person.
struct Standing: Equatable, Sendable {
    var status: Status = .notAnswered
    /// Set where a grant must be asked for again and does not count until then.
    var askAgain: AskAgain?
    /// When it was said, Unix milliseconds.
    var at: Int64 = 0
    /// Material number of the notice that it answers.
    var material = 0
    /// Position of the entry that made it so.
    var seq: Int64 = 0
}

/// Everything a decision is made of, except the purpose and the time. Worked out as the core does, reason by reason.
struct Circumstances: Sendable {
    let policy: PolicyDocument
    let standings: [String: Standing]
    var signals: Signals
    let platform: Platform
    let available: Bool

    /// Decides one purpose at `now` (Unix milliseconds), with every reason in the documented order.
    func decide(_ id: String, at now: Int64) -> Decision {
        guard let purpose = policy.purpose(id) else {
            return Decision(purpose: id, allowed: false, reasons: [.unknownPurpose], osBlocked: false)
        }
        var reasons: [Reason] = []
        let consent = purpose.basis == .consent
        if consent {
            if !available { reasons.append(.storeUnavailable) }
            reasons += caps(on: purpose)
        }
        if consent && available {
            reasons += missingRequirements(of: purpose, at: now)
            let answer = answer(to: purpose)
            reasons += answer.blocks
            if !answer.expires.holds(at: now) { reasons.append(.askAgain(cause: .expired)) }
        }
        let answersKnown = available || !consent
        if answersKnown && needsNightConsent(purpose) && policy.night.covers(now) && !nightConsent(for: purpose).holds(at: now) {
            reasons.append(.night)
        }
        let blocked = purpose.channel == .push && signals.push == .denied
        return Decision(purpose: id, allowed: reasons.isEmpty, reasons: reasons, osBlocked: blocked)
    }

    /// As `decide`, without the advertising-id provider's own last answer: one time-out must not close it for ever.
    func decideBeforeAsking(_ id: String, at now: Int64) -> Decision {
        leavingOutTheProvider.decide(id, at: now)
    }

    /// The system's own question to put next: tracking only where it alone holds up something that was granted, then push.
    func nextPrompt(at now: Int64) -> Prompt? {
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
        let consent = purpose.basis == .consent
        var ends: [Int64?] = []
        if consent && available {
            var walk = Walk(from: purpose)
            ends += purpose.requires.map { walk.follow($0, in: self).end(after: now) }
            ends.append(answer(to: purpose).expires.end(after: now))
        }
        if (available || !consent) && needsNightConsent(purpose) { ends.append(nextNightChange(for: purpose, after: now)) }
        return ends.compactMap { $0 }.min()
    }

    /// What Google's libraries may be told: a type is granted where every purpose that names it is allowed, and one does (GCM-4).
    func googleConsent(at now: Int64) -> GoogleConsent {
        func granted(_ type: PolicyPurpose.Google) -> Bool {
            let named = policy.purposes.filter { $0.google.contains(type) }
            return !named.isEmpty && named.allSatisfy { decide($0.id, at: now).allowed }
        }
        return GoogleConsent(
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
    /// True where the person is under 14, or of unknown age where children are expected.
    var mayBeChild: Bool {
        switch signals.age {
        case .under14: true
        case .over14: false
        case nil: policy.audience != .adult
        }
    }

    /// What caps a purpose whatever the person said. A cap never grants (OPT-1).
    private func caps(on purpose: PolicyPurpose) -> [Reason] {
        var caps: [Reason] = []
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

    private var trackingCap: Reason? {
        switch signals.tracking ?? .notDetermined {
        case .authorized: nil
        case .denied: .osDenied
        case .restricted: .osRestricted
        case .notDetermined: .osNotDetermined
        }
    }

    private var advertisingIDCap: Reason? {
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

/// How long something holds. Ordered: `never` is the shortest.
enum Until: Comparable {
    case never
    /// Before this Unix millisecond.
    case time(Int64)
    case forever

    func holds(at now: Int64) -> Bool {
        switch self {
        case .never: false
        case .time(let end): now < end
        case .forever: true
        }
    }

    func end(after now: Int64) -> Int64? {
        if case .time(let end) = self, now < end { end } else { nil }
    }
}

extension Circumstances {
    private static let day: Int64 = 86_400_000

    private func missingRequirements(of purpose: PolicyPurpose, at now: Int64) -> [Reason] {
        var walk = Walk(from: purpose)
        return purpose.requires.compactMap { walk.follow($0, in: self).holds(at: now) ? nil : .requires(purpose: $0) }
    }

    /// What blocks at any time, and when the grant's time is over.
    private func answer(to purpose: PolicyPurpose) -> (blocks: [Reason], expires: Until) {
        let standing = standings[purpose.id] ?? Standing()
        switch standing.status {
        case .notAnswered: return ([.notAnswered], .forever)
        case .refused: return ([.refused], .forever)
        case .withdrawn: return ([.withdrawn], .forever)
        case .granted: break
        }
        if let cause = standing.askAgain { return ([.askAgain(cause: cause)], .forever) }
        let blocks: [Reason] = standing.material < purpose.material ? [.askAgain(cause: .policyChanged)] : []
        guard let days = purpose.expiresAfterDays else { return (blocks, .forever) }
        let (length, tooLong) = Int64(days).multipliedReportingOverflow(by: Self.day)
        let (end, tooLate) = standing.at.addingReportingOverflow(length)
        return (blocks, .time(tooLong || tooLate ? .max : end))
    }

    /// Until when a purpose stands by its own caps and answer, what it requires left aside.
    fileprivate func own(_ purpose: PolicyPurpose) -> Until {
        let answer = answer(to: purpose)
        return available && caps(on: purpose).isEmpty && answer.blocks.isEmpty ? answer.expires : .never
    }

    /// Until when a purpose's consent stands with all it requires, but for the ones in `granted`.
    private func stands(_ purpose: PolicyPurpose, granted: [String] = []) -> Until {
        guard purpose.basis == .consent else { return .forever }
        var walk = Walk(from: purpose)
        return purpose.requires.filter { !granted.contains($0) }.reduce(own(purpose)) { min($0, walk.follow($1, in: self)) }
    }

    /// True where messages of a purpose need the separate consent at night. E-mail alone can be exempt.
    private func needsNightConsent(_ purpose: PolicyPurpose) -> Bool {
        guard !purpose.night, let channel = purpose.channel else { return false }
        return channel != .email || policy.night.restricts(channel)
    }

    /// Until when the night consent for a channel purpose stands. What the day purpose is and requires is left aside: its own
    /// reasons tell of that.
    private func nightConsent(for day: PolicyPurpose) -> Until {
        let nights = policy.purposes.filter {
            $0.night && $0.basis == .consent && $0.channel == day.channel && $0.requires.contains(day.id)
        }
        return nights.map { stands($0, granted: [day.id] + day.requires) }.max() ?? .never
    }

    /// The next time at which the night consent of a purpose that needs it begins or ends to be missed.
    private func nextNightChange(for day: PolicyPurpose, after now: Int64) -> Int64? {
        let consent = nightConsent(for: day)
        // It is missed from the first moment of the night that it does not cover.
        if let end = consent.end(after: now) { return policy.night.covers(end) ? end : policy.night.nextChange(after: end) }
        // While it stands the window's edges change nothing.
        return consent.holds(at: now) ? nil : policy.night.nextChange(after: now)
    }
}

/// Follows `requires` once per purpose, however often it is named.
private struct Walk {
    /// How far it is followed; past this the answer is no.
    private static let maxDepth = 32

    private var seen: [String: Until]

    /// Begins at a purpose, which then cannot be required by what it requires: a circle denies.
    init(from purpose: PolicyPurpose) {
        seen = [purpose.id: .never]
    }

    mutating func follow(_ id: String, in circumstances: Circumstances, depth: Int = 1) -> Until {
        if let known = seen[id] { return known }
        guard let purpose = circumstances.policy.purpose(id) else { return .never }
        if purpose.basis != .consent { return .forever }
        if depth > Self.maxDepth { return .never }
        seen[id] = .never
        var until = circumstances.own(purpose)
        for required in purpose.requires {
            until = min(until, follow(required, in: circumstances, depth: depth + 1))
        }
        seen[id] = until
        return until
    }
}

import ConsentKitBase

/// A `Consent` for an app's own unit tests: the same type, the same answers, and no native library, no file, no network, no waiting.
///
/// ```swift
/// let fake = try FakeConsent(policy: policy, platform: .ios)
/// let screen = SettingsScreen(consent: fake.consent)
/// try fake.grant("marketing.data_use", "marketing.email")
/// fake.clock.set(tenAtNight)
/// ```
///
/// It decides from the policy document as the core does: the same reasons in the same order, the night, signals, age and guardian, the gate
/// before the advertising id, what a form asks and why. The scenarios that need no database run through it in this library's own tests.
///
/// What it does not do: there is no file, so nothing outlives it; `verify` never says yes, since there is no chain, and receipts have no
/// hash; no server answers, so nothing is pulled, no policy is delivered and no grant turns out stale against another device; a policy
/// document is read, but not checked as the core checks it. May be used from any thread.
public final class FakeConsent: Sendable {
    /// What the app under test is given.
    public let consent: Consent
    /// The clock that decides; move it as the story goes.
    public let clock: TestClock
    private let engine: FakeEngine

    /// Begins with nothing answered.
    ///
    /// - Parameters:
    ///   - policy: The policy document the app ships, JSON.
    ///   - platform: The platform to be on.
    ///   - osVersion: The system's version, such as 17.5; empty where unknown.
    ///   - language: The person's language, BCP 47.
    ///   - clock: The clock; one at noon where it is left out.
    ///   - server: What the server does when the app syncs; none was given at open where it is left out.
    ///   - log: Hears what the app's log would hear.
    /// - Throws: `.policyInvalid` where the document cannot be read, `.invalid` for a language that cannot be used.
    public init(
        policy: String, platform: Consent.Platform = .ios, osVersion: String = "", language: String = "ko", clock: TestClock = TestClock(),
        server: FakeServer = .none, log: (@Sendable (Consent.LogEvent) -> Void)? = nil
    ) throws(ConsentError) {
        try Arguments.check(language, "language", limit: Arguments.maxNameLength)
        let ledger = FakeLedger(policy: try PolicyDocument.read(policy), platform: platform, language: language, at: clock.now())
        engine = FakeEngine(ledger: ledger, clock: clock, osVersion: osVersion, server: server)
        consent = Consent(engine: engine, clock: clock, log: log)
        self.clock = clock
        clock.whenMoved { [weak consent] in consent?.timePassed() }
    }

    // MARK: - A state without a story

    /// A yes to each purpose, as if a form had been shown: the person's own, or the guardian's where the person is below the age of
    /// consent or may be.
    public func grant(_ purposes: String...) throws(ConsentError) {
        try engine.say(.granted, about: purposes)
    }

    /// The person's own no to each purpose; where there was a yes, a withdrawal.
    public func refuse(_ purposes: String...) throws(ConsentError) {
        try engine.say(.refused, about: purposes)
    }

    /// What the platform says from now on; a field that is nil keeps its last value. As `Consent.reportSignals`, without waiting.
    public func report(_ signals: Consent.Signals) throws(ConsentError) {
        try engine.reportSignals(signals)
    }

    // MARK: - What others answer

    /// What the platform's source answers when the gate lets `advertisingID(for:)` ask it. `.unavailable(kind: .noProvider)` at first;
    /// one that throws is `.unavailable(kind: .failed)`.
    public func advertisingIDAnswers(_ answer: AdvertisingIDAnswer) {
        engine.pretend(provider: answer)
    }

    /// How often the platform's source was asked.
    public var advertisingIDRequests: Int {
        engine.outgoing.asked
    }

    /// What the server does from now on. The next sync asks it at once, as when the network came back; after a failure the ones that follow wait
    /// as the library's do: move the clock, or call `connectivityRestored`.
    public func serverIs(_ server: FakeServer) {
        engine.pretend(server: server)
    }

    /// How many syncs would have sent something.
    public var requests: Int64 {
        engine.outgoing.syncs
    }

    /// Makes every call of one kind throw, until `error` is nil. Nothing is recorded by a call that throws. Of one that throws
    /// `.storeUnavailable`, what it takes away counts all the same, as in the library: `Consent.unrecorded` lists it until the next call
    /// that writes.
    public func fail(_ call: FakeCall, with error: ConsentError?) {
        engine.fail(call, with: error)
    }

    // MARK: - What was recorded

    /// Everything that was recorded, oldest first, after `close` too.
    public var records: [Consent.HistoryEntry] {
        engine.entries
    }

    /// What the person said, oldest first: the choices among `records`.
    public var choices: [Consent.HistoryEntry] {
        records.filter { $0.kind == "choice" }
    }
}

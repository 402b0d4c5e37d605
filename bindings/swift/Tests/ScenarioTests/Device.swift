import ConsentKit
import ConsentKitTesting
import Foundation

/// One device of a scenario: an app's `Consent`, its clock, and what its platform answers.
protocol Device: AnyObject {
    var clock: TestClock { get }
    /// nil while no process runs.
    var consent: Consent? { get }
    /// The form on the screen.
    var form: Consent.Shown? { get set }
    /// Requests sent since the first open.
    var requests: Int64 { get }
    /// How often the platform's source was asked.
    var asked: Int { get }

    /// Starts the app's process anew; a policy is the one that the app ships from now on.
    func open(shipping policy: String?) async throws
    /// Sets what the platform's source answers next; nil: it should not be asked.
    func answers(_ provider: Provider?)
}

/// What a device was first opened with.
struct Settings {
    let platform: Consent.Platform
    let osVersion: String
    let language: String
    var policy: String
}

/// A device with the fake in it.
final class FakeDevice: Device {
    let clock: TestClock
    var form: Consent.Shown?
    private let settings: Settings
    private var fake: FakeConsent?

    init(_ settings: Settings, clock: TestClock) {
        self.settings = settings
        self.clock = clock
    }

    var consent: Consent? { fake?.consent }
    var requests: Int64 { fake?.requests ?? 0 }
    var asked: Int { fake?.advertisingIDRequests ?? 0 }

    func open(shipping policy: String?) async throws {
        if fake != nil { throw ScenarioFault("a fake has no second process; the rule for what a fake runs is broken") }
        fake = try FakeConsent(
            policy: policy ?? settings.policy, platform: settings.platform, osVersion: settings.osVersion, language: settings.language,
            clock: clock)
    }

    func answers(_ provider: Provider?) {
        switch provider {
        case .id(let value, let limited): fake?.advertisingIDAnswers(.id(value: value, limited: limited))
        case .unavailable(let kind): fake?.advertisingIDAnswers(.unavailable(kind: kind))
        case .fails, nil: fake?.advertisingIDAnswers(.unavailable(kind: .failed))
        }
    }
}

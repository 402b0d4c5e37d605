import ConsentKit
import ConsentKitTesting
import Foundation

/// All devices of a scenario and the server between them.
final class World {
    /// The device of a step that names none.
    private static let defaultDevice = "a"

    /// Makes the devices: with the library in them, or with the fake.
    typealias Make = (Settings, TestClock, ReferenceServer?) throws -> any Device

    var devices: [String: any Device] = [:]
    /// Kept forms, by name.
    var forms: [String: Consent.Shown] = [:]
    /// What pages showed, by their name: each purpose's `seen`.
    var pages: [String: [String: JSON]] = [:]
    let reference: ReferenceServer?
    private(set) var now: Int64
    private let make: Make

    init(_ scenario: Scenario, server: ReferenceServer?, make: @escaping Make) {
        now = scenario.at
        reference = server
        self.make = make
    }

    /// Plays a whole scenario; the report names the file, the step and both values.
    static func play(_ name: String, _ text: String, fake: Bool) async throws {
        let scenario: Scenario
        do {
            scenario = try Scenario(name: name, text: text)
        } catch {
            throw ScenarioFault("\(name).json: \(error)")
        }
        let server = scenario.server ? try await ReferenceServer() : nil
        let world = World(scenario, server: server) { settings, clock, server in
            if fake { FakeDevice(settings, clock: clock) } else { try NativeDevice(settings, clock: clock, server: server) }
        }
        var failure: ScenarioFault?
        for (at, step) in scenario.steps.enumerated() where failure == nil {
            do {
                try await world.play(step)
            } catch {
                failure = ScenarioFault("\(name).json step \(at + 1) (\(step.kind)): \(error)")
            }
        }
        await server?.down()
        if let failure { throw failure }
    }

    private func play(_ step: Step) async throws {
        let got: ConsentError?
        do {
            try await act(step)
            got = nil
        } catch let error as ConsentError {
            got = error
        }
        try Self.check(got, step.error)
    }

    private func act(_ step: Step) async throws {
        let device = step.device ?? Self.defaultDevice
        switch step.action {
        case .open(let opening): try await open(device, opening)
        case .clock(let movement): try move(step.device, movement)
        case .server(let deed): try await server().perform(deed)
        case .page(let subject, let name): pages[name] = try await server().seen(subject)
        case .web(let change): try await web(change)
        case .maySend(let sending): try await maySend(sending)
        case .expect(let expected): try await compare(expected, self.device(device))
        default: try await say(step.action, self.device(device))
        }
    }

    func device(_ name: String) throws -> any Device {
        try devices[name].orFault("no device \"\(name)\" was opened")
    }

    func server() throws -> ReferenceServer {
        try reference.orFault("the scenario has no server; say \"server\": true")
    }

    private func open(_ name: String, _ opening: Opening) async throws {
        if devices[name] != nil { throw ScenarioFault("device \"\(name)\" was opened before; use restart") }
        let settings = Settings(
            platform: opening.platform, osVersion: opening.osVersion, language: opening.language, policy: try opening.policy.document())
        let device = try make(settings, TestClock(at: now), reference)
        if let other = opening.copyOf {
            guard let copy = device as? NativeDevice, let original = try self.device(other) as? NativeDevice else {
                throw ScenarioFault("a fake has no file to copy")
            }
            try copy.copy(original, withMarker: opening.withMarker)
        }
        devices[name] = device
        try await device.open(shipping: nil)
    }

    private func move(_ device: String?, _ movement: Movement) throws {
        func move(_ clock: TestClock) {
            switch movement {
            case .set(let time): clock.set(time)
            case .advance(let span): clock.advance(milliseconds: span)
            }
        }
        if let device { return move(try self.device(device).clock) }
        let all = TestClock(at: now)
        move(all)
        now = all.now()
        devices.values.forEach { move($0.clock) }
    }

    private func web(_ change: WebChange) async throws {
        let seen: [String: JSON] =
            switch change.seen {
            case "fresh": try await server().seen(change.subject)
            case "none": [:]
            default: try pages[change.seen].orFault("no page \"\(change.seen)\" was kept")
            }
        var fields: [String: JSON] = [
            "purpose": .text(change.purpose), "choice": .text(change.choice.rawValue), "method": .text(change.method),
            "actor": .text("self"), "at": .text(rfc3339(now)),
        ]
        if change.choice == .granted { fields["seen"] = seen[change.purpose] }
        let answer = try await server().change(change.subject, .object(fields))
        var differences = Differences()
        differences.maybe("outcome", change.expect, answer["results"]?.list?.first?["outcome"]?.string)
        try differences.end()
    }

    private func maySend(_ sending: Sending) async throws {
        let at = (sending.at ?? rfc3339(now)).replacingOccurrences(of: "+", with: "%2B")
        let path = "/v1/subjects/\(sending.subject)/may-send?channel=\(sending.channel)&kind=\(sending.kind)&at=\(at)"
        let body = try await server().operate("GET", path)
        var differences = Differences()
        differences.maybe("allowed", sending.allowed, body["allowed"]?.bool)
        differences.maybe("reasons", sending.reasons, body["reasons"]?.list?.compactMap(\.string))
        try differences.end()
    }

    private static func check(_ got: ConsentError?, _ expected: ExpectedError?) throws {
        switch (got, expected) {
        case (nil, nil): return
        case (nil, let expected?): throw ScenarioFault("expected the error \"\(expected.code)\", got none")
        case (let got?, nil): throw ScenarioFault("expected no error, got \(got)")
        case (let got?, let expected?):
            var differences = Differences()
            differences.compare("error", expected.code, got.code)
            differences.maybe("field", expected.field, got.place)
            try differences.end()
        }
    }
}

extension ConsentError {
    /// The place it names.
    fileprivate var place: String? {
        switch self {
        case .invalid(let field, _): field
        case .noticeNotShown(let purpose): purpose
        case .policyInvalid(let faults), .policyRefused(let faults): faults.first?.pointer
        default: nil
        }
    }
}

import AdSupport
import AppTrackingTransparency
@testable import ConsentKitBase
import ConsentKit
import ConsentKitAdSupport
import Foundation
import UIKit
import XCTest

/// App Tracking Transparency and the IDFA, against stand-ins of the shape of Apple's modules (APL-1 to APL-6, APL-9).
final class TrackingTests: FolderTestCase, @unchecked Sendable {
    private let center = NotificationCenter()
    private let id = "38400000-8cf0-11bd-b23e-10b96e40000d"

    @MainActor
    private func reset(_ status: ATTrackingManager.AuthorizationStatus = .notDetermined) {
        ATTrackingManager.scriptedStatus = status
        ATTrackingManager.open = []
        ASIdentifierManager.scripted = id
        ASIdentifierManager.reads = 0
        UIApplication.shared.applicationState = .active
    }

    @MainActor
    private func tracking(_ consent: Consent, usage: String? = "To measure adverts.") -> TrackingAuthorization {
        TrackingAuthorization(consent, center: center) { usage }
    }

    /// A phone on which a grant waits for the prompt.
    @MainActor
    private func waiting() async throws -> Consent {
        let consent = try opened(in: folder, source: AppleAdvertisingID())
        try await consent.grant("ad_id.measurement")
        return consent
    }

    /// The person answers the prompt that is open, or the system lets it pass.
    private func answer(_ status: ATTrackingManager.AuthorizationStatus) {
        ATTrackingManager.scriptedStatus = status
        ATTrackingManager.open.removeFirst()(status)
    }

    /// Lets what waits on the main actor go on, until something holds.
    @MainActor
    private func until(_ holds: () -> Bool, file: StaticString = #filePath, line: UInt = #line) async {
        for _ in 0..<100_000 where !holds() { await Task.yield() }
        XCTAssertTrue(holds(), file: file, line: line)
    }

    /// Lets what an activation began come to its end: its report was made before this one, and the file takes one after the other.
    @MainActor
    private func settle(_ tracking: TrackingAuthorization) async {
        for _ in 0..<1_000 { await Task.yield() }
        await tracking.start()
        for _ in 0..<1_000 { await Task.yield() }
    }

    @MainActor
    func testAYesIsReportedAndOpensTheIdOnlyWhereItWasGranted() async throws {
        reset()
        let consent = try await waiting()
        let tracking = tracking(consent)
        await tracking.start()
        XCTAssertEqual(consent.explain("ad_id.measurement").reasons, [.osNotDetermined])
        let prompt = Task { try await tracking.request() }
        await until { ATTrackingManager.open.count == 1 }
        answer(.authorized)
        let outcome = try await prompt.value
        XCTAssertEqual(outcome, .settled(.authorized, settings: nil))
        XCTAssertTrue(consent.allows("ad_id.measurement"))
        let given = try await consent.advertisingID(for: "ad_id.measurement")
        XCTAssertEqual(given, .available(id: id.uppercased()))
        XCTAssertEqual(ASIdentifierManager.reads, 1)
        let other = try await consent.advertisingID(for: "ad_id.personalised_ads")
        XCTAssertEqual(other, .refused(reasons: [.notAnswered]))
        XCTAssertEqual(ASIdentifierManager.reads, 1)
    }

    @MainActor
    func testAfterANoOrARestrictionNothingIsShownAndOnlyANoLeadsToSettings() async throws {
        for (status, said, hasLink) in [(ATTrackingManager.AuthorizationStatus.denied, Consent.Tracking.denied, true), (.restricted, .restricted, false)] {
            reset(status)
            let consent = try await waiting()
            let outcome = try await tracking(consent).request()
            XCTAssertEqual(outcome, .settled(said, settings: hasLink ? URL(string: "app-settings:") : nil))
            XCTAssertEqual(ATTrackingManager.open.count, 0)
            try await consent.close()
        }
    }

    @MainActor
    func testItIsShownOnlyWhileTheAppIsActiveAndComesBackAtTheNextActivation() async throws {
        reset()
        UIApplication.shared.applicationState = .inactive
        let consent = try await waiting()
        let tracking = tracking(consent)
        await tracking.start()
        let outcome = try await tracking.request()
        XCTAssertEqual(outcome, .postponed)
        XCTAssertEqual(ATTrackingManager.open.count, 0)

        UIApplication.shared.activate(center)
        await until { ATTrackingManager.open.count == 1 }
        // The system let the moment pass: no answer, and asked again at the next activation only.
        answer(.notDetermined)
        UIApplication.shared.activate(center)
        await until { ATTrackingManager.open.count == 1 }
        XCTAssertEqual(consent.explain("ad_id.measurement").reasons, [.osNotDetermined])
        answer(.denied)
        await until { consent.explain("ad_id.measurement").reasons == [.osDenied] }
        UIApplication.shared.activate(center)
        await until { consent.snapshot.signals.tracking == .denied }
        XCTAssertEqual(ATTrackingManager.open.count, 0)
    }

    @MainActor
    func testAPostponedWishOutlivesAnActivationBesideAnotherPrompt() async throws {
        for isActiveWhenTheOtherPromptGoes in [true, false] {
            reset()
            UIApplication.shared.applicationState = .inactive
            let consent = try await waiting()
            let tracking = tracking(consent)
            await tracking.start()
            let outcome = try await tracking.request()
            XCTAssertEqual(outcome, .postponed)

            // The app comes to the front while its own prompt is still open.
            await tracking.holdBack {
                UIApplication.shared.activate(center)
                await settle(tracking)
                XCTAssertEqual(ATTrackingManager.open.count, 0)
                UIApplication.shared.applicationState = isActiveWhenTheOtherPromptGoes ? .active : .inactive
            }
            if !isActiveWhenTheOtherPromptGoes {
                await settle(tracking)
                XCTAssertEqual(ATTrackingManager.open.count, 0)
                UIApplication.shared.activate(center)
            }
            await until { ATTrackingManager.open.count == 1 }
            answer(.denied)
            await until { consent.explain("ad_id.measurement").reasons == [.osDenied] }
            // It was made: nothing is left to come back.
            UIApplication.shared.activate(center)
            await settle(tracking)
            XCTAssertEqual(ATTrackingManager.open.count, 0)
            try await consent.close()
        }
    }

    @MainActor
    func testAPostponedWishEndsWhereNothingWaitsForItAnyMore() async throws {
        reset()
        UIApplication.shared.applicationState = .inactive
        let consent = try await waiting()
        let tracking = tracking(consent)
        await tracking.start()
        _ = try await tracking.request()
        try await consent.withdraw("ad_id.measurement")
        UIApplication.shared.activate(center)
        await settle(tracking)
        // A yes that comes much later is the app's to follow up.
        try await consent.grant("ad_id.measurement")
        UIApplication.shared.activate(center)
        await settle(tracking)
        XCTAssertEqual(ATTrackingManager.open.count, 0)
    }

    @MainActor
    func testAWishOutsideOfAPromptIsNotMadeUpByHoldingBack() async throws {
        reset()
        let tracking = tracking(try await waiting())
        await tracking.holdBack {}
        await settle(tracking)
        XCTAssertEqual(ATTrackingManager.open.count, 0)
    }

    @MainActor
    func testThereIsOnePromptAtMostAndWhoeverAsksGetsItsAnswer() async throws {
        reset()
        let consent = try await waiting()
        let tracking = tracking(consent)
        let asked = (0..<3).map { _ in Task { try await tracking.request() } }
        await until { ATTrackingManager.open.count == 1 }
        for _ in 0..<1_000 { await Task.yield() }
        XCTAssertEqual(ATTrackingManager.open.count, 1)
        answer(.denied)
        for task in asked {
            let outcome = try await task.value
            XCTAssertEqual(outcome, .settled(.denied, settings: URL(string: "app-settings:")))
        }
    }

    /// The system's callback said no while the prompt was still on the screen (iOS 17.4).
    @MainActor
    func test_f_60_aCallbackBeforeTheAnswerIsNoAnswerAndNothingIsAskedMeanwhile() async throws {
        for (early, last) in [(ATTrackingManager.AuthorizationStatus.denied, ATTrackingManager.AuthorizationStatus.authorized), (.authorized, .denied), (.restricted, .denied)] {
            reset()
            let consent = try await waiting()
            let tracking = tracking(consent)
            await tracking.start()
            let first = Task { try await tracking.request() }
            await until { ATTrackingManager.open.count == 1 }
            UIApplication.shared.applicationState = .inactive
            ATTrackingManager.open.removeFirst()(early)
            let second = Task { try await tracking.request() }
            await settle(tracking)
            XCTAssertEqual(ATTrackingManager.open.count, 0, "it is on the screen already")
            XCTAssertEqual(consent.explain("ad_id.measurement").reasons, [.osNotDetermined], "nobody has answered")
            // Now the person answers, and the app is active again.
            ATTrackingManager.scriptedStatus = last
            UIApplication.shared.activate(center)
            for prompt in [first, second] {
                let outcome = try await prompt.value
                XCTAssertEqual(outcome, .settled(tracking.status, settings: last == .denied ? URL(string: "app-settings:") : nil))
            }
            XCTAssertEqual(consent.allows("ad_id.measurement"), last == .authorized)
            XCTAssertEqual(ATTrackingManager.open.count, 0)
            try await consent.close()
        }
    }

    @MainActor
    func test_f_60_aPromptThatWentWithoutAnAnswerIsAskedAgainAtTheNextActivation() async throws {
        reset()
        let tracking = tracking(try await waiting())
        await tracking.start()
        let prompt = Task { try await tracking.request() }
        await until { ATTrackingManager.open.count == 1 }
        ATTrackingManager.open.removeFirst()(.denied)
        await settle(tracking)
        UIApplication.shared.activate(center)
        let outcome = try await prompt.value
        XCTAssertEqual(outcome, .postponed)
        UIApplication.shared.activate(center)
        await until { ATTrackingManager.open.count == 1 }
    }

    /// The system calls back on a thread of its own; a closure of the main actor's would end the process there.
    @MainActor
    func test_f_61_theSystemMayCallBackOnAnyThread() async throws {
        reset()
        let tracking = tracking(try await waiting())
        await tracking.start()
        let prompt = Task { try await tracking.request() }
        await until { ATTrackingManager.open.count == 1 }
        ATTrackingManager.scriptedStatus = .denied
        nonisolated(unsafe) let callback = ATTrackingManager.open.removeFirst()
        DispatchQueue.global().async { callback(.denied) }
        let outcome = try await prompt.value
        XCTAssertEqual(outcome, .settled(.denied, settings: URL(string: "app-settings:")))
        let posted = center
        DispatchQueue.global().async { posted.post(name: UIApplication.didBecomeActiveNotification, object: nil) }
        await settle(tracking)
    }

    @MainActor
    func testASignalThatCannotBeRecordedIsTold() async throws {
        reset()
        let heard = Heard()
        let consent = try opened(in: folder, log: heard.append)
        try await consent.close()
        await tracking(consent).start()
        XCTAssertEqual(heard.all.last, Consent.LogEvent(name: "signals_not_recorded", codes: ["shut_down"]))
    }

    @MainActor
    func testItIsNotShownBesideAnotherPromptNorWithoutAGrantThatWaitsForIt() async throws {
        reset()
        let nobody = try opened(in: folder)
        var outcome = try await tracking(nobody).request()
        XCTAssertEqual(outcome, .notDue)
        try await nobody.close()

        let tracking = tracking(try await waiting())
        outcome = await tracking.holdBack { try! await tracking.request() }
        XCTAssertEqual(outcome, .notDue)
        XCTAssertEqual(ATTrackingManager.open.count, 0)
    }

    @MainActor
    func testWithoutTheUsageDescriptionTheSystemIsNotAsked() async throws {
        reset()
        let consent = try await waiting()
        for usage in [nil, ""] {
            do {
                _ = try await tracking(consent, usage: usage).request()
                XCTFail("it was asked")
            } catch {
                XCTAssertEqual(error, .usageDescriptionMissing)
                XCTAssertTrue(error.localizedDescription.contains("NSUserTrackingUsageDescription"))
            }
        }
        XCTAssertEqual(ATTrackingManager.open.count, 0)
    }

    @MainActor
    func testAChangeInSettingsIsSeenAtTheNextActivation() async throws {
        reset(.authorized)
        let consent = try await waiting()
        let tracking = tracking(consent)
        await tracking.start()
        XCTAssertTrue(consent.allows("ad_id.measurement"))
        ATTrackingManager.scriptedStatus = .denied
        UIApplication.shared.activate(center)
        await until { !consent.allows("ad_id.measurement") }
        XCTAssertEqual(consent.explain("ad_id.measurement").reasons, [.osDenied])
        let history = try await consent.history()
        XCTAssertEqual(history.last?.kind, "signal")
    }

    @MainActor
    func testAllZerosAreNoId() async throws {
        reset(.authorized)
        ASIdentifierManager.scripted = "00000000-0000-0000-0000-000000000000"
        let consent = try await waiting()
        try await consent.reportSignals(Consent.Signals(tracking: .authorized))
        let given = try await consent.advertisingID(for: "ad_id.measurement")
        XCTAssertEqual(given, .refused(reasons: [.adIDLimited]))
    }

    @MainActor
    func testTheIdIsNotReadWhereTrackingIsNotAuthorised() async throws {
        for status in [ATTrackingManager.AuthorizationStatus.notDetermined, .restricted, .denied] {
            reset(status)
            let answer = await AppleAdvertisingID().advertisingID()
            XCTAssertEqual(answer, .id(value: "", limited: true))
            XCTAssertEqual(ASIdentifierManager.reads, 0)
        }
    }

    func testAnUnknownStatusIsANo() {
        XCTAssertEqual([0, 1, 2, 3, 7, .max].map { Consent.Tracking(rawStatus: $0) }, [.notDetermined, .restricted, .denied, .authorized, .denied, .denied])
    }
}

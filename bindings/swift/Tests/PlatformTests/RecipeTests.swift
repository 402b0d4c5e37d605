import BackgroundTasks
import ConsentKit
import Foundation
import RecipeStandIns
import XCTest

// Recipes of the docs, compiled and run against stand-ins of the shape of the real libraries.

/// Firebase: told all four values at each change; collects only after a yes, and forgets after a withdrawal.
@MainActor
func followFirebase(_ consent: Consent) async {
    FirebaseApp.configure()
    var isOn = false
    for await snapshot in consent.updates {
        let google = snapshot.googleConsent
        let word = { (granted: Bool) -> Analytics.ConsentStatus in granted ? .granted : .denied }
        Analytics.setConsent([
            .adStorage: word(google.adStorage),
            .analyticsStorage: word(google.analyticsStorage),
            .adUserData: word(google.adUserData),
            .adPersonalization: word(google.adPersonalization),
        ])
        Analytics.setAnalyticsCollectionEnabled(google.analyticsStorage)
        if isOn && !google.analyticsStorage { Analytics.resetAnalyticsData() }
        isOn = google.analyticsStorage
    }
}

/// Adjust: made at the first yes, switched off and on afterwards.
@MainActor
func followAdjust(_ consent: Consent, appToken: String) async {
    var isMade = false
    for await snapshot in consent.updates {
        switch (snapshot.allows("ad_id.measurement"), isMade) {
        case (true, false):
            guard let config = ADJConfig(appToken: appToken, environment: "production") else { return }
            Adjust.initSdk(config)
            // It remembers that it was disabled, also into the next process.
            Adjust.enable()
            isMade = true
        case (true, true): Adjust.enable()
        case (false, true): Adjust.disable()
        case (false, false): break
        }
    }
}

/// AppsFlyer 7: made at the first yes; each session that is ready asks anew before it is started; stopped at a withdrawal.
@MainActor
func followAppsFlyer(_ consent: Consent, devKey: String, appID: String) async {
    let library = AppsFlyerLib.shared()
    var (isMade, isRunning) = (false, false)
    for await allowed in consent.updates(for: "ad_id.measurement") {
        if allowed && !isMade {
            library.initialize(devKey: devKey, appId: appID)
            // Version 7 sends nothing before `start`, and says on a thread of its own when a session may begin.
            library.registerSessionReadyListener { @Sendable in
                if consent.allows("ad_id.measurement") { AppsFlyerLib.shared().start() }
            }
            isMade = true
        } else if isMade && allowed != isRunning {
            library.isStopped = !allowed
            if allowed { library.start() }
        }
        isRunning = allowed
    }
}

/// Background sync: register before the app has finished launching.
nonisolated func registerSync(_ consent: Consent, identifier: String) {
    _ = BGTaskScheduler.shared.register(forTaskWithIdentifier: identifier, using: nil) { @Sendable task in
        nonisolated(unsafe) let task = task
        let work = Task {
            let outcome = await BackgroundSync.run(consent)
            if let again = outcome.again {
                let request = BGAppRefreshTaskRequest(identifier: identifier)
                request.earliestBeginDate = Date(timeIntervalSince1970: Double(again) / 1000)
                try? BGTaskScheduler.shared.submit(request)
            }
            // Last, and here only: the system may suspend the app from now on.
            task.setTaskCompleted(success: outcome.success)
        }
        // `run` returns at once then, and the task is completed. Not of the main actor: the system calls it on a thread of its own.
        task.expirationHandler = { @Sendable in work.cancel() }
    }
}

final class RecipeTests: FolderTestCase, @unchecked Sendable {
    @MainActor
    private func until(_ holds: () -> Bool, file: StaticString = #filePath, line: UInt = #line) async {
        for _ in 0..<200_000 where !holds() { await Task.yield() }
        XCTAssertTrue(holds(), "\(Calls.made)", file: file, line: line)
    }

    @MainActor
    func test_f_55_theLibrariesStartOnlyAfterAYesAndStopAtAWithdrawal() async throws {
        Calls.made = []
        AppsFlyerLib.shared().forget()
        let consent = try opened(in: folder)
        try await consent.reportSignals(Consent.Signals(tracking: .authorized))
        let followers = [
            Task { await followFirebase(consent) }, Task { await followAdjust(consent, appToken: "token") }, Task { await followAppsFlyer(consent, devKey: "key", appID: "1") },
        ]
        await until { Calls.made.contains("firebase collection false") }
        XCTAssertFalse(Calls.made.contains { $0.hasPrefix("adjust") || $0.hasPrefix("appsflyer start") || $0.contains("granted") })

        try await consent.grant("cookies.analytics", "ad_id.measurement")
        await until { ["firebase collection true", "adjust init", "adjust enable", "appsflyer listens"].allSatisfy(Calls.made.contains) }
        XCTAssertFalse(Calls.made.contains { $0.hasPrefix("appsflyer start") }, "before the session is ready")
        await AppsFlyerLib.shared().beginSession()
        await until { Calls.made.contains("appsflyer start") }
        try await consent.withdraw("cookies.analytics", "ad_id.measurement")
        await until { ["firebase reset", "adjust disable", "appsflyer stopped true"].allSatisfy(Calls.made.contains) }
        await AppsFlyerLib.shared().beginSession()
        try await consent.grant("ad_id.measurement")
        await until { Calls.made.filter { $0 == "appsflyer start" }.count == 2 }
        XCTAssertEqual(
            Calls.made.filter { $0.hasPrefix("appsflyer") },
            ["appsflyer init", "appsflyer listens", "appsflyer start", "appsflyer stopped true", "appsflyer stopped false", "appsflyer start"])
        try await consent.close()
        for follower in followers { await follower.value }
    }

    @MainActor
    func testTheBackgroundTaskSaysHowItWentAndWhenToComeBack() async throws {
        let consent = try opened(in: folder)
        registerSync(consent, identifier: "sync")
        let task = BGAppRefreshTask()
        try XCTUnwrap(BGTaskScheduler.shared.handlers["sync"])(task)
        await until { task.completed == true }
        XCTAssertFalse(BGTaskScheduler.shared.submitted.contains { $0.identifier == "sync" })

        var options = ConsentOptions(server: URL(string: "https://consent.example"))
        options.syncsByItself = false
        options.transport = Unreachable()
        options.clock = Noon()
        let policy = try String(contentsOf: project.appendingPathComponent("examples/influential/policy.json"), encoding: .utf8)
        let online = try Consent.open(at: folder.appendingPathComponent("other.db"), policy: policy, options: options)
        try await online.grant("cookies.analytics")
        let outcome = await BackgroundSync.run(online)
        XCTAssertFalse(outcome.success)
        XCTAssertGreaterThan(try XCTUnwrap(outcome.again), noon)
    }

    @MainActor
    func test_f_61_aTaskWhoseTimeIsOverIsCompletedAtOnceAndOnceAndComesBack() async throws {
        var options = ConsentOptions(server: URL(string: "https://consent.example"))
        options.syncsByItself = false
        let line = Silent()
        options.transport = line
        options.clock = Noon()
        let policy = try String(contentsOf: project.appendingPathComponent("examples/influential/policy.json"), encoding: .utf8)
        let consent = try Consent.open(at: folder.appendingPathComponent("consent.db"), policy: policy, options: options)
        try await consent.grant("cookies.analytics")
        registerSync(consent, identifier: "expiring")
        let task = BGAppRefreshTask()
        nonisolated(unsafe) let launch = try XCTUnwrap(BGTaskScheduler.shared.handlers["expiring"])
        DispatchQueue.global().async { launch(task) }
        await line.reached()
        XCTAssertEqual(task.completions, 0)

        // As the system does, on a thread of its own.
        DispatchQueue.global().async { task.expirationHandler?() }
        await until { task.completions > 0 }
        XCTAssertEqual(task.completed, false)
        let requests = BGTaskScheduler.shared.submitted.filter { $0.identifier == "expiring" }
        XCTAssertEqual(requests.map { $0.earliestBeginDate }, [Date(timeIntervalSince1970: Double(noon) / 1000 + 15 * 60)])
        task.expirationHandler?()

        // The exchange ended with it. Nothing is lost and nobody is told twice, and the next one begins at once.
        line.breakOff()
        _ = try await consent.sync(within: 1)
        XCTAssertEqual(task.completions, 1)
        let pending = try await consent.pending()
        XCTAssertEqual(pending.map(\.purpose), ["cookies.analytics"])
    }
}

private struct Unreachable: Consent.HTTPTransport {
    func send(_ request: Consent.HTTPRequest) async throws -> Consent.HTTPResponse { throw Consent.TransportError.unreachable(reason: "no connection") }
}

/// A line on which no answer comes until it breaks.
private final class Silent: Consent.HTTPTransport {
    private let arrivals = AsyncStream<Void>.makeStream()
    private let end = AsyncStream<Void>.makeStream()

    func reached() async {
        for await _ in arrivals.stream { return }
    }

    func breakOff() { end.continuation.finish() }

    func send(_ request: Consent.HTTPRequest) async throws -> Consent.HTTPResponse {
        arrivals.continuation.yield()
        for await _ in end.stream {}
        throw Consent.TransportError.unreachable(reason: "no connection")
    }
}

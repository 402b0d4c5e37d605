// A small app that takes the package from outside: the first form, the settings, log-in and log-out, the advertising id, and a background sync.
// Ends with 1 where a step does not hold.
import ConsentKit
import ConsentKitTesting
import Foundation

/// What the app calls its own things; the package has none of these names at the top.
enum Status { case open, closed }
struct Snapshot { let title: String }

/// The platform's id, as a phone would give it: a number that belongs to nobody.
struct ScriptedID: AdvertisingIDSource {
    nonisolated func advertisingID() async -> AdvertisingIDAnswer { .id(value: "38400000-8cf0-11bd-b23e-10b96e40000d", limited: false) }
}

final class FirstRun {
    let consent: Consent
    var wantsNews = true
    private(set) var status = Status.open

    init(_ consent: Consent) { self.consent = consent }

    func submit() async throws {
        let form = try await consent.questions(surface: "first_run")
        guard form.due else { return }
        // The closure reads this model, which is the main actor's.
        try await consent.record(form.shown) {
            $0.grant("marketing.data_use")
            $0.answer("marketing.email", wantsNews)
            $0.grant("ad_id.measurement")
        }
        status = .closed
    }
}

func check(_ step: String, _ holds: Bool) {
    print("\(holds ? "  ok  " : "  FAIL") \(step)")
    if !holds { exit(1) }
}

let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
let policy = try String(contentsOfFile: CommandLine.arguments[1], encoding: .utf8)
var options = ConsentOptions()
options.platform = .ios
options.advertisingID = ScriptedID()
options.log = { event in print("         \(event.name) \(event.codes.joined(separator: " "))") }
let consent = Consent.opening(at: folder.appendingPathComponent("consent.db"), policy: policy, options: options)
check("before the file is open nothing is allowed", !consent.allows("marketing.email"))

let model = FirstRun(consent)
try await model.submit()
check("the form is answered, and e-mail may be sent", model.status == .closed && consent.allows("marketing.email"))
try await consent.withdraw("marketing.email")
check("the settings take it back", !consent.allows("marketing.email"))
try await consent.signIn("acct_81")
let left = try await consent.signOut(within: 1)
check("the log-out says what still waits", left.sync == nil && !left.waiting.isEmpty)
try await consent.reportSignals(Consent.Signals(tracking: .authorized))
if case .available = try await consent.advertisingID(for: "ad_id.measurement") {
    check("the advertising id is given", true)
} else {
    check("the advertising id is given", false)
}
check("a background sync ends well without a server", await BackgroundSync.run(consent).success)
try await consent.close()
check("after closing nothing is allowed", !consent.allows("ad_id.measurement"))
check("the fake stands beside it", try !FakeConsent(policy: policy).consent.allows("marketing.email"))
try FileManager.default.removeItem(at: folder)
print("shop: every step holds, \(Snapshot(title: "done").title)")

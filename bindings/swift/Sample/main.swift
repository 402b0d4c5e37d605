// The quickstart story on the Swift face: one phone, no server. Ends with 1 where a step does not hold.
import ConsentKit
import Foundation

let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
defer { try? FileManager.default.removeItem(at: folder) }

/// A phone on which tracking is allowed in the system, with an advertising id that belongs to nobody.
struct ScriptedPhone: AdvertisingIDSource {
    func advertisingID() async -> AdvertisingIDAnswer { .id(value: "38400000-8cf0-11bd-b23e-10b96e40000d", limited: false) }
}

/// Noon in Seoul: at night the answers would be others.
struct Noon: ConsentClock {
    func now() -> Int64 { 1_795_316_400_000 }
}

var failed = 0

@MainActor
func step(_ title: String, _ expected: String, _ actual: String) {
    let holds = expected == actual
    failed += holds ? 0 : 1
    print("\(holds ? "  ok  " : "  FAIL") \(title)\n         expected \(expected), got \(actual)")
}

func word(_ consent: Consent, _ purpose: String) -> String {
    let decision = consent.explain(purpose)
    return decision.allowed ? "allowed" : decision.reasons.map(\.code).joined(separator: " + ")
}

var options = ConsentOptions()
options.platform = .ios
options.language = "ko"
options.advertisingID = ScriptedPhone()
options.clock = Noon()
let policy = try String(contentsOfFile: CommandLine.arguments.dropFirst().first ?? "examples/influential/policy.json", encoding: .utf8)
let consent = try Consent.open(at: folder.appendingPathComponent("consent.db"), policy: policy, options: options)
step("Nothing is allowed before an answer", "not_answered", word(consent, "cookies.analytics"))

let form = try await consent.questions(surface: "first_run")
print("         the form asks \(form.questions.count) questions, the first: \(form.questions[0].notice.title)")
let receipt = try await consent.record(form.shown) {
    for purpose in ["cookies.analytics", "marketing.data_use", "marketing.email", "ad_id.personalised_ads"] { $0.grant(purpose) }
    for purpose in ["marketing.sms", "ad_id.measurement"] { $0.refuse(purpose) }
}
step("Six answers are on disk, not yet sent", "6 saved, 6 waiting", "\(receipt.items.count) saved, \(receipt.pending) waiting")
step("E-mail may be sent, text messages may not", "allowed / refused", "\(word(consent, "marketing.email")) / \(word(consent, "marketing.sms"))")

try await consent.reportSignals(Consent.Signals(tracking: .denied))
step("The system denies tracking, so no id, although the person agreed", "os_denied", word(consent, "ad_id.personalised_ads"))
try await consent.reportSignals(Consent.Signals(tracking: .authorized))
if case .available = try await consent.advertisingID(for: "ad_id.personalised_ads") {
    step("The system allows it again: the id is there, for this purpose", "allowed", word(consent, "ad_id.personalised_ads"))
} else {
    step("The system allows it again: the id is there, for this purpose", "allowed", "refused")
}
step("Measuring was refused, whatever the system says", "refused", word(consent, "ad_id.measurement"))

try await consent.withdraw("marketing.data_use")
step("The use of data is withdrawn: e-mail falls with it", "requires:marketing.data_use", word(consent, "marketing.email"))
print("         \(consent.explain("marketing.data_use").reasons[0].text(language: "ko"))")
let verification = try await consent.verify()
step("Every record is the one that was written", "true", "\(verification.ok)")
try await consent.close()
step("After close nothing that needs consent is allowed", "store_unavailable", word(consent, "cookies.analytics"))
print(failed == 0 ? "sample: every step holds" : "sample: \(failed) step(s) failed")
exit(failed == 0 ? 0 : 1)

// A first day on the Swift face: a phone, the company's server, and the six samples of this folder, each as an app has it.
// Ends with 1 where a step does not hold. `cargo xtask swift --sample` runs it.
import ConsentKit
import Foundation

let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)

/// A phone with an advertising id that belongs to nobody.
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

let policyFile = CommandLine.arguments.dropFirst().first ?? "examples/influential/policy.json"
let program = ProcessInfo.processInfo.environment["CONSENTKIT_SERVER"] ?? "target/debug/consentkit-server"
let server = try CompanyServer(program: program, folder: folder, policy: policyFile)
var options = ConsentOptions(server: server.url)
options.platform = .ios
options.language = "ko"
options.advertisingID = ScriptedPhone()
options.tokens = MemberTokens(service: server)
options.clock = Noon()
// The story says when it syncs.
options.syncsByItself = false
let consent = try Consent.open(
    at: folder.appendingPathComponent("consent.db"), policy: String(contentsOfFile: policyFile, encoding: .utf8), options: options)
step("Nothing is allowed before an answer", "not_answered", word(consent, "cookies.analytics"))

let first = FirstRun(consent)
try await first.load()
print("         the form asks \(first.rows.count) questions, the first: \(first.rows[0].notice.title)")
step("No switch is on before the person turns it on", "0", "\(first.rows.filter(\.isOn).count)")
for purpose in ["cookies.analytics", "marketing.data_use", "marketing.email", "ad_id.personalised_ads"] { first.turn(purpose, true) }
try await first.submit()
step("First run: the answers are on disk", "done", "\(first.state)")
step("E-mail may be sent, text messages may not", "allowed / refused", "\(word(consent, "marketing.email")) / \(word(consent, "marketing.sms"))")

let settings = Settings(consent, language: "ko")
try await settings.load()
try await settings.turn("cookies.analytics", false)
step("Settings: a switch is turned off", "withdrawn", word(consent, "cookies.analytics"))
try await settings.turn("cookies.analytics", true)
step("Settings: and on again", "allowed", word(consent, "cookies.analytics"))

let advertising = Advertising(consent: consent) { .authorized }
try await consent.reportSignals(Consent.Signals(tracking: .denied))
let none = try await advertising.id(for: "ad_id.personalised_ads", language: "en")
step("Advertising id: the system denies tracking, so none, although the person agreed", "os_denied", word(consent, "ad_id.personalised_ads"))
print("         \(none)")
try await consent.reportSignals(Consent.Signals(tracking: .notDetermined))
let id = try await advertising.id(for: "ad_id.personalised_ads", language: "en")
step("Advertising id: the person answers the prompt, and it is there", "true", "\(id != none)")
step("Measuring was refused, whatever the system says", "refused", word(consent, "ad_id.measurement"))

let asksAgain = try await LogIn(consent: consent).run("acct_81", age: .above)
step("Log-in: what was answered here counts for the account, and nothing is asked again", "false", "\(asksAgain)")
try await consent.withdraw("marketing.data_use")
step("The use of data is withdrawn: e-mail falls with it", "requires:marketing.data_use", word(consent, "marketing.email"))

let told = AsyncStream<String>.makeStream()
await BackgroundWork(consent: consent) { _ in told.continuation.yield("scheduled") } complete: { told.continuation.yield("success \($0)") }.begin().value
for await word in told.stream {
    step("Background sync: everything was sent, so none is scheduled", "success true", word)
    break
}
step("The server knows of the withdrawal", "true", "\(try await server.known(of: "acct_81").contains("\"withdrawn\""))")

let left = try await LogOut(consent: consent).run()
step("Log-out: nothing waits any more", "nil", left ?? "nil")
let verification = try await consent.verify()
step("Every record is the one that was written", "true", "\(verification.ok)")
try await consent.close()
step("After close nothing that needs consent is allowed", "store_unavailable", word(consent, "cookies.analytics"))
server.stop()
try? FileManager.default.removeItem(at: folder)
print(failed == 0 ? "sample: every step holds" : "sample: \(failed) step(s) failed")
exit(failed == 0 ? 0 : 1)

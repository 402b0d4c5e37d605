import ConsentKit
import Foundation

let arguments = CommandLine.arguments
let consent = try Consent.open(at: URL(fileURLWithPath: arguments[1]), policy: String(contentsOfFile: arguments[2], encoding: .utf8))

func say(_ line: String) {
    FileHandle.standardOutput.write(Data("\(line)\n".utf8))
}

/// One yes and one no, and the no to the yes.
func sayYesAndNo() async throws {
    let form = try await consent.questions(surface: "settings")
    let granted = try await consent.record(form.shown) {
        $0.grant("cookies.analytics")
        $0.refuse("cookies.marketing")
    }
    let withdrawn = try await consent.withdraw("cookies.analytics")
    for item in granted.items + withdrawn.items { say("\(item.seq) \(item.hash)") }
}

// Says yes and no for ever and prints what was recorded, until somebody ends it.
while arguments.count < 4 { try await sayYesAndNo() }

// Or until the disk takes no more: the system refuses whatever would make a file longer, as it does on a full one. Then it withdraws what was
// granted before, and ends as an app is ended then: nothing is closed.
let form = try await consent.questions(surface: "settings")
try await consent.record(form.shown) {
    $0.grant("marketing.data_use")
    $0.grant("marketing.email")
}
signal(SIGXFSZ, SIG_IGN)
var limit = rlimit(rlim_cur: 600_000, rlim_max: 600_000)
#if canImport(Glibc)
setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
#else
setrlimit(RLIMIT_FSIZE, &limit)
#endif
var isFull = false
while !isFull {
    do {
        try await sayYesAndNo()
    } catch ConsentError.storeUnavailable {
        isFull = true
    }
}
precondition(consent.allows("marketing.email"), "what was granted before still counts")
var isSaved = true
do {
    try await consent.withdraw("marketing.email")
} catch {
    guard case .storeUnavailable = error else { throw error }
    isSaved = false
}
let held = consent.unrecorded().contains { $0.purpose == "marketing.email" }
precondition(isSaved != held, "it is on disk, or it is listed")
say(consent.allows("marketing.email") ? "allowed" : "denied")
say(isSaved ? "saved" : "held")
exit(0)

import ConsentKit
import Foundation

// Says yes and no for ever and prints what was recorded, until somebody ends it.
let arguments = CommandLine.arguments
let consent = try Consent.open(at: URL(fileURLWithPath: arguments[1]), policy: String(contentsOfFile: arguments[2], encoding: .utf8))
while true {
    let form = try await consent.questions(surface: "settings")
    let granted = try await consent.record(form.shown) {
        $0.grant("cookies.analytics")
        $0.refuse("cookies.marketing")
    }
    let withdrawn = try await consent.withdraw("cookies.analytics")
    for item in granted.items + withdrawn.items {
        FileHandle.standardOutput.write(Data("\(item.seq) \(item.hash)\n".utf8))
    }
}

// A program with the fake and nothing else of the library in it. It tells what it decided, and which shared libraries it has loaded.
import ConsentKitTesting
import Foundation

#if canImport(Darwin)
import MachO

func loaded() -> [String] {
    (0..<_dyld_image_count()).compactMap { _dyld_get_image_name($0).map { String(cString: $0) } }
}
#else
func loaded() -> [String] {
    guard let maps = fopen("/proc/self/maps", "r") else { return [] }
    defer { fclose(maps) }
    var files: Set<String> = []
    var line = [CChar](repeating: 0, count: 8192)
    while fgets(&line, Int32(line.count), maps) != nil {
        let text = String(cString: line)
        if text.contains(".so"), let file = text.split(whereSeparator: \.isWhitespace).last { files.insert(String(file)) }
    }
    return files.sorted()
}
#endif

let policy = try String(contentsOfFile: CommandLine.arguments[1], encoding: .utf8)
let fake = try FakeConsent(policy: policy)
try fake.grant("marketing.data_use", "marketing.email")
print("allowed: \(fake.consent.allows("marketing.email"))")
loaded().forEach { print("loaded: \($0)") }

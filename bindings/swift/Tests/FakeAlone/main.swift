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
    // Its size is told as 0, so that whoever reads it by its size reads a part.
    var (said, piece) = ([UInt8](), [UInt8](repeating: 0, count: 65_536))
    while case let count = fread(&piece, 1, piece.count, maps), count > 0 { said += piece[..<count] }
    let files = String(decoding: said, as: UTF8.self).split(separator: "\n").compactMap { $0.split(separator: " ").last.map(String.init) }
    return Set(files.filter { $0.contains(".so") }).sorted()
}
#endif

let policy = try String(contentsOfFile: CommandLine.arguments[1], encoding: .utf8)
let fake = try FakeConsent(policy: policy)
try fake.grant("marketing.data_use", "marketing.email")
print("allowed: \(fake.consent.allows("marketing.email"))")
loaded().forEach { print("loaded: \($0)") }

import Foundation
import XCTest

/// Every Swift block of the README and the docs stands in a file that is compiled here, line for line.
final class SnippetTests: XCTestCase {
    func testTheDocsShowNothingThatDoesNotCompile() throws {
        let compiled = try sources(under: "bindings/swift").map(lines)
        var blocks = 0
        for page in try pages() {
            for block in swiftBlocks(of: try String(contentsOf: page, encoding: .utf8)) {
                blocks += 1
                XCTAssertTrue(compiled.contains { stands(block, in: $0) }, "\(page.lastPathComponent): \(block.prefix(3).joined(separator: " / "))")
            }
        }
        XCTAssertGreaterThan(blocks, 0)
    }

    func testTheComparisonIsNotBlind() {
        let page = "a\n```swift\nlet a = 1\n\n  let b = 2\n```\n```kotlin\nval c = 3\n```\n"
        let blocks = swiftBlocks(of: page)
        XCTAssertEqual(blocks, [["let a = 1", "let b = 2"]])
        XCTAssertTrue(stands(blocks[0], in: lines("func f() {\n    let a = 1\n    let b = 2\n}")))
        XCTAssertFalse(stands(blocks[0], in: lines("let a = 1\nlet c = 3\nlet b = 2")))
    }

    private func pages() throws -> [URL] {
        let docs = FileManager.default.enumerator(at: project.appendingPathComponent("docs"), includingPropertiesForKeys: nil)
        let found = (docs?.allObjects as? [URL] ?? []).filter { $0.pathExtension == "md" }
        return [project.appendingPathComponent("README.md")] + found
    }

    private func sources(under folder: String) throws -> [String] {
        let files = FileManager.default.enumerator(at: project.appendingPathComponent(folder), includingPropertiesForKeys: nil)
        let swift = (files?.allObjects as? [URL] ?? []).filter { $0.pathExtension == "swift" && $0.lastPathComponent != "ConsentKitFFI.swift" }
        return try swift.map { try String(contentsOf: $0, encoding: .utf8) }
    }
}

private func lines(_ text: String) -> [String] {
    text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
}

private func swiftBlocks(of page: String) -> [[String]] {
    page.components(separatedBy: "```swift\n").dropFirst().map { lines($0.components(separatedBy: "\n```")[0]) }
}

private func stands(_ block: [String], in source: [String]) -> Bool {
    guard !block.isEmpty, source.count >= block.count else { return block.isEmpty }
    return (0...(source.count - block.count)).contains { source[$0..<($0 + block.count)].elementsEqual(block) }
}

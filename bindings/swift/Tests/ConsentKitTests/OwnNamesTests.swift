import ConsentKit
import XCTest

// An app that has types of its own with the plainest names, beside the package.
private enum Status { case ready }
private struct Method { let verb: String }
private struct Platform { let name: String }
private struct Answer { let text: String }
private struct Contact { let email: String }
private struct Snapshot { let pixels: Int }

/// Swift's own protocol: the package has none of this name at the top.
private actor Counter {
    var count = 0
    func add() { count += 1 }
}

private func isolation(of actor: any Actor) -> ObjectIdentifier { ObjectIdentifier(actor) }

final class OwnNamesTests: XCTestCase {
    func test_f_59_anAppsOwnNamesAndSwiftsActorAreWhatTheyWere() async {
        let counter = Counter()
        await counter.add()
        XCTAssertEqual(isolation(of: counter), ObjectIdentifier(counter))
        XCTAssertEqual("\(Status.ready) \(Method(verb: "GET").verb) \(Platform(name: "tv").name)", "ready GET tv")
        XCTAssertEqual("\(Answer(text: "a").text) \(Contact(email: "b").email) \(Snapshot(pixels: 1).pixels)", "a b 1")
        XCTAssertEqual(Consent.Status.granted.rawValue, "granted")
        XCTAssertEqual(Consent.Actor.guardian.rawValue, "guardian")
    }
}

import ConsentKit
import XCTest

/// A screen's model as an app has it: of the main actor, with fields that only the main actor may read.
@MainActor
private final class FormModel {
    var wantsPush = false
    private(set) var isSaved = false
    let consent: Consent

    init(_ consent: Consent) {
        self.consent = consent
    }

    /// What the guide shows, word for word: `$0.answer` reads a field of the model.
    func submit() async throws {
        let form = try await consent.questions(surface: "first_run")
        if form.due {
            try await consent.record(form.shown) {
                $0.grant("marketing.data_use")
                $0.grant("marketing.email")
                $0.answer("marketing.push", wantsPush)
            }
            isSaved = true
        }
    }

    /// The closure may also change the model, since it runs before the call waits for anything.
    func countWhileAnswering() async throws -> Int {
        var answered = 0
        let form = try await consent.questions(surface: "settings")
        try await consent.record(form.shown) {
            MainActor.assertIsolated()
            $0.refuse("marketing.sms")
            answered += 1
        }
        return answered
    }
}

/// Another actor than the main one may record as well.
private actor Recorder {
    private let wants = true

    func record(_ consent: Consent) async throws {
        try await consent.record(consent.questions(surface: "settings").shown) { $0.answer("cookies.analytics", wants) }
    }
}

final class MainActorTests: XCTestCase {
    func test_f_58_theDocumentedCallRecordsFromAViewModelOfTheMainActor() async throws {
        try await Self.onTheMainActor()
    }

    @MainActor
    private static func onTheMainActor() async throws {
        let consent = try Phone().open()
        let model = FormModel(consent)
        model.wantsPush = true
        try await model.submit()
        XCTAssertTrue(model.isSaved)
        XCTAssertTrue(consent.allows("marketing.email") && consent.allows("marketing.push"))
        let answered = try await model.countWhileAnswering()
        XCTAssertEqual(answered, 1)
        XCTAssertEqual(consent.explain("marketing.sms").reasons.first, .refused)
    }

    func test_f_58_theSameCallRecordsFromAnotherActorAndFromNone() async throws {
        let consent = try Phone().open()
        try await Recorder().record(consent)
        XCTAssertTrue(consent.allows("cookies.analytics"))
        let wants = false
        try await consent.record(consent.questions(surface: "settings").shown) { $0.answer("cookies.marketing", wants) }
        XCTAssertEqual(consent.explain("cookies.marketing").reasons.first, .refused)
    }
}

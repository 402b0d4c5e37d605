extension Consent {
    /// The pages of a web view, which are told the state before their own scripts run, and may ask and record by a banner of their own.
    ///
    /// - Parameter origins: Whose pages may speak to the app, such as `https://shop.example`: at most 8, each in full and with https.
    /// - Throws: `.invalid` for an origin that cannot be one.
    public func webPages(_ origins: String...) async throws(ConsentError) -> WebPages {
        try await webPages(origins)
    }

    /// The same for a list.
    public func webPages(_ origins: [String]) async throws(ConsentError) -> WebPages {
        WebPages(self, try await calls.onDisk { engine throws(ConsentError) in try engine.webPages(origins) })
    }

    /// The pages of one web view. It lives in memory alone: a page that dies with its form half filled in has answered nothing.
    public final class WebPages: Sendable {
        private let consent: Consent
        private let engine: any WebPagesEngine

        init(_ consent: Consent, _ engine: any WebPagesEngine) {
            self.consent = consent
            self.engine = engine
        }

        /// What the pages are handed now. Take a new one at each change and at its `validUntil`, or leave that to `handOver(to:)`.
        public func handOff() async throws(ConsentError) -> WebHandOff {
            let engine = engine
            return try await consent.calls.onDisk { _ throws(ConsentError) in try engine.handOff() }
        }

        /// Hears what a page says by the channel of its script: what a form asks, its answers, that it was closed, a withdrawal.
        ///
        /// A message is refused where it comes from another origin or from a frame within a page, does not bear the nonce of the script, is
        /// none of the script's, comes a second time, or comes too fast. An answer is recorded as `record` does it, and only to a form that a
        /// page was given here.
        ///
        /// - Parameters:
        ///   - message: The text that the page sent.
        ///   - origin: The origin of the page, as the web view says: `https://shop.example`.
        ///   - mainFrame: Whether the web view says that it is the page itself, and no frame within it.
        public func hear(_ message: String, origin: String, mainFrame: Bool) async throws(ConsentError) -> WebAnswer {
            let engine = engine
            let answer = try await consent.calls.onDisk { _ throws(ConsentError) in
                try engine.hear(message, origin: origin, mainFrame: mainFrame)
            }
            if let event = answer.outcome.event {
                consent.calls.tell(LogEvent(name: event))
                consent.wrote()
            }
            return answer
        }

        /// Hands the state to the pages of a web view, now and at each change, until the task is cancelled or the `Consent` is closed.
        public func handOver(to host: any WebPageHost) async {
            for await _ in consent.updates {
                guard let handOff = try? await handOff() else { return }
                await host.startWith(handOff.script)
                await host.run(handOff.update)
            }
        }
    }

    /// A web view, as far as the library needs one. An app puts it before its own, in a line for each.
    @MainActor
    public protocol WebPageHost: AnyObject, Sendable {
        /// Every page runs this script from now on, in each of its frames, before its own; it takes the place of the one before.
        func startWith(_ script: String)
        /// The page that is open runs this script.
        func run(_ script: String)
    }
}

/// The pages of one web view, as an engine keeps them.
package protocol WebPagesEngine: AnyObject, Sendable {
    func handOff() throws(ConsentError) -> Consent.WebHandOff
    func hear(_ message: String, origin: String, mainFrame: Bool) throws(ConsentError) -> Consent.WebAnswer
}

extension Consent.WebOutcome {
    /// What the app's log hears of it; nil where nothing was written.
    fileprivate var event: String? {
        switch self {
        case .recorded: "recorded"
        case .closed: "form_closed"
        case .withdrawn: "withdrawn"
        case .asked, .refused, .failed: nil
        }
    }
}

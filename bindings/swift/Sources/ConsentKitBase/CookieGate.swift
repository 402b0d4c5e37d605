/// What a `CookieGate` stands on: the core's, or the fake's.
package protocol CookieEngine: AnyObject, Sendable {
    func verdict(_ name: String) -> Consent.CookieVerdict
    func request(_ header: String) -> String?
    func judge(url: String, header: String) throws(ConsentError) -> Consent.CookieJudgement
    func response(url: String, headers: [String]) throws(ConsentError) -> [String]
    func scan(_ seen: [Consent.SeenCookie]) throws(ConsentError) -> Consent.CookieReport
    func purge(url: String, seen: [Consent.SeenCookie]) throws(ConsentError) -> [Consent.PurgeStep]
}

extension Consent {
    /// The cookies that may be set and sent, by what the person allows at the moment of each call. `Consent.cookies` makes it, and it sees
    /// every change.
    ///
    /// It may be used from any thread and answers from memory. Once its `Consent` is closed it denies what needs consent.
    public struct CookieGate: Sendable {
        private let engine: any CookieEngine

        package init(_ engine: any CookieEngine) {
            self.engine = engine
        }

        /// Whether a cookie may be set and sent now, with every reason against it.
        public func verdict(_ name: String) -> CookieVerdict { engine.verdict(name) }

        /// A `Cookie` header without the cookies that may not be sent; nil where none may, and then the header has to be left out.
        public func request(_ header: String) -> String? { engine.request(header) }

        /// Judges a `Set-Cookie` header that came from a web address.
        public func judge(url: String, header: String) throws(ConsentError) -> CookieJudgement { try engine.judge(url: url, header: header) }

        /// The `Set-Cookie` headers of a response that may be handed on: those that set an allowed cookie, or delete one.
        public func response(url: String, headers: [String]) throws(ConsentError) -> [String] {
            try engine.response(url: url, headers: headers)
        }

        /// What is in the jars and whether it may be there, for whoever answers for privacy. At most 10,000 cookies in one call.
        public func scan(_ seen: [SeenCookie]) throws(ConsentError) -> CookieReport { try engine.scan(seen) }

        /// The cookies that have to go because they may not be there now, each with how it is deleted. What is necessary or allowed stays.
        /// After the jar was cleaned, `cookiesRemoved` records it. At most 10,000 cookies in one call.
        public func purge(url: String, seen: [SeenCookie]) throws(ConsentError) -> [PurgeStep] { try engine.purge(url: url, seen: seen) }
    }

    /// The cookies that may be set and sent, for an HTTP client or a web view. Reads the catalogue and the list of public suffixes, so make it
    /// once and keep it.
    public func cookies(_ options: CookieOptions = CookieOptions()) async throws(ConsentError) -> CookieGate {
        CookieGate(try await calls.onDisk { engine throws(ConsentError) in try engine.cookies(options) })
    }

    /// Records that cookies went after a withdrawal: the steps are the plan of `CookieGate.purge` that was carried out, and `left` is what is in
    /// the jars afterwards all the same. What is kept are counts for each jar and purpose, no name and no value. Writes nothing for an empty
    /// plan.
    public func cookiesRemoved(_ steps: [PurgeStep], left: [SeenCookie]) async throws(ConsentError) {
        try await calls.onDisk(telling: "cookies_removed") { engine throws(ConsentError) in try engine.cookiesRemoved(steps, left: left) }
    }
}

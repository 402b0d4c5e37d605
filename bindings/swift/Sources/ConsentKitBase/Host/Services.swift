extension Consent {
    /// Why no answer came. The reasons must not hold the address, the token or the body.
    public enum TransportError: Error, Sendable, Hashable {
        /// No connection, or it broke. What the server did is unknown.
        case unreachable(reason: String)
        /// No answer in time. What the server did is unknown.
        case timedOut
        /// The answer is larger than was allowed.
        case tooLarge
        /// The connection is not one that may be used: no TLS, a bad certificate, a bad address.
        case refused(reason: String)
    }

    /// Carries one request and brings back one answer. `URLSessionTransport` is the one that ships; tests script their own.
    public protocol HTTPTransport: Sendable {
        /// Sends the request and waits for the answer, at most its time-out. Redirects are answers: do not follow them.
        ///
        /// Runs on Swift's own threads, never two at a time for one database. Any other error than `TransportError` counts as unreachable.
        func send(_ request: HTTPRequest) async throws -> HTTPResponse
    }

    /// Gives the bearer token of the signed-in account, from the app's own log-in.
    public protocol AccountTokens: Sendable {
        /// The token for the subject; `refresh` is true after the server refused the last one. nil or an error pauses that account's sync.
        func token(for subject: String, refresh: Bool) async throws -> String?
    }
}

/// Asks the platform for the advertising id. `TrackingAuthorization` is the one for Apple's platforms.
public protocol AdvertisingIDSource: Sendable {
    /// The platform's answer. Asked only after the decision allowed it. An error is a refusal, and so is no answer within three seconds.
    func advertisingID() async throws -> AdvertisingIDAnswer
}

/// Time, for tests. Apps leave it out.
public protocol ConsentClock: Sendable {
    /// Wall-clock time, Unix milliseconds. Must not block: `allows` reads it.
    func now() -> Int64
}

extension Consent {
    /// Something that happened, for the app's own log. Holds names and stable codes only, never personal data nor a purpose.
    public struct LogEvent: Sendable, Hashable {
        /// What happened, such as `recorded` or `synced`; `failed` for a call that threw.
        public let name: String
        /// What there is to say of it: the code of the error, how a sync ended and what troubles it met, why an advertising id was refused.
        public let codes: [String]

        /// All fields, in their order.
        public init(name: String, codes: [String] = []) {
            self.name = name
            self.codes = codes
        }
    }
}

import Foundation

extension Consent {
    /// One header of a request or an answer. Prints nothing of itself: it may hold the token.
    public struct HTTPHeader: Sendable, Hashable, Redacted {
        /// Name, in any case.
        public let name: String
        /// Value.
        public let value: String

        /// All fields, in their order.
        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    /// A request to carry. Prints nothing of itself: it holds a token and what a person said.
    public struct HTTPRequest: Sendable, Hashable, Redacted {
        /// `GET` or `POST`.
        public let method: String
        /// Absolute URL on the server given at open.
        public let url: String
        /// Headers, `Authorization` among them.
        public let headers: [HTTPHeader]
        /// Body; empty for `GET`.
        public let body: Data
        /// Milliseconds the whole exchange may take.
        public let timeoutMs: Int64
        /// Largest decoded body that may be read; stop reading there and answer `TransportError.tooLarge`.
        public let maxResponseBytes: Int64

        /// All fields, in their order.
        public init(method: String, url: String, headers: [HTTPHeader], body: Data, timeoutMs: Int64, maxResponseBytes: Int64) {
            self.method = method
            self.url = url
            self.headers = headers
            self.body = body
            self.timeoutMs = timeoutMs
            self.maxResponseBytes = maxResponseBytes
        }
    }

    /// An answer, whatever its status. Redirects are answers: they are never followed.
    public struct HTTPResponse: Sendable, Hashable, Redacted {
        /// Status code, 100 to 699.
        public let status: Int
        /// Headers.
        public let headers: [HTTPHeader]
        /// Decoded body.
        public let body: Data

        /// All fields, in their order.
        public init(status: Int, headers: [HTTPHeader], body: Data) {
            self.status = status
            self.headers = headers
            self.body = body
        }
    }
}

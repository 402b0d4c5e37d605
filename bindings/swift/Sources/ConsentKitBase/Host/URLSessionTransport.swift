import Foundation
#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

extension Consent {
    /// Carries requests with `URLSession`.
    ///
    /// Only https, and http to this machine itself. No redirect is followed, no cookie or cache is kept. The answer is counted while it comes
    /// in, after decompression, and reading stops at the bound.
    public final class URLSessionTransport: HTTPTransport {
        private let session: URLSession
        private let transfers: Transfers

        /// A session of its own, by the system's settings for proxies.
        public convenience init() {
            self.init(configuration: .ephemeral)
        }

        /// The same with a configuration of the app's own: proxies, a network service type, protocols for a test. Cookies, credentials and
        /// caches stay off, whatever it says.
        public init(configuration: URLSessionConfiguration) {
            let configuration = (configuration.copy() as? URLSessionConfiguration) ?? .ephemeral
            configuration.httpCookieStorage = nil
            configuration.httpShouldSetCookies = false
            configuration.urlCredentialStorage = nil
            configuration.urlCache = nil
            configuration.requestCachePolicy = .reloadIgnoringLocalCacheData
            configuration.timeoutIntervalForRequest = min(configuration.timeoutIntervalForRequest, HTTPBounds.longestSilence)
            transfers = Transfers()
            session = URLSession(configuration: configuration, delegate: transfers, delegateQueue: nil)
        }

        deinit {
            session.invalidateAndCancel()
        }

        /// Sends the request and waits for the answer; throws a `TransportError`.
        public func send(_ request: HTTPRequest) async throws -> HTTPResponse {
            let prepared = try prepare(request)
            let task = session.dataTask(with: prepared)
            return try await withTaskCancellationHandler {
                try await withCheckedThrowingContinuation { continuation in
                    let transfer = Transfer(most: request.maxResponseBytes) { continuation.resume(with: $0) }
                    transfers.begin(task, transfer, withinMs: request.timeoutMs)
                }
            } onCancel: {
                task.cancel()
            }
        }
    }
}

/// How long this transport waits for an answer and how large an answer it reads, as the other transports do.
enum HTTPBounds {
    /// Seconds that an answer may pause.
    static let longestSilence: TimeInterval = 15
    /// Bytes of an answer's headers, names and values.
    static let headers = 16 * 1024
}

private func prepare(_ request: Consent.HTTPRequest) throws(Consent.TransportError) -> URLRequest {
    guard request.timeoutMs > 0 else { throw .timedOut }
    guard ["GET", "POST"].contains(request.method) else { throw .refused(reason: "the method is neither GET nor POST") }
    var prepared = URLRequest(url: try ServerAddress.check(request.url))
    prepared.httpMethod = request.method
    prepared.timeoutInterval = min(Double(request.timeoutMs) / 1000, HTTPBounds.longestSilence)
    for header in request.headers {
        guard isToken(header.name) else { throw .refused(reason: "a header's name cannot be sent") }
        guard isValue(header.value) else { throw .refused(reason: "a header's value cannot be sent") }
        prepared.addValue(header.value, forHTTPHeaderField: header.name)
    }
    if !request.body.isEmpty { prepared.httpBody = request.body }
    return prepared
}

private func isToken(_ name: String) -> Bool {
    let others = Set("!#$%&'*+-.^_`|~".utf8)
    let isLetter = { (byte: UInt8) in (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) }
    return !name.isEmpty && name.utf8.allSatisfy { isLetter($0) || others.contains($0) }
}

private func isValue(_ value: String) -> Bool {
    value.utf8.allSatisfy { $0 == 9 || (32...126).contains($0) }
}

/// What comes in for one request. Touched on the session's one queue, and by its timer through `end`.
private final class Transfer: @unchecked Sendable {
    let most: Int64
    var response: HTTPURLResponse?
    var body = Data()
    private let lock = NSLock()
    private var done: ((Result<Consent.HTTPResponse, any Error>) -> Void)?

    init(most: Int64, done: @escaping @Sendable (Result<Consent.HTTPResponse, any Error>) -> Void) {
        self.most = most
        self.done = done
    }

    /// The first end is the one that counts.
    func end(_ result: Result<Consent.HTTPResponse, Consent.TransportError>) {
        let done = lock.withLock { () -> ((Result<Consent.HTTPResponse, any Error>) -> Void)? in
            defer { self.done = nil }
            return self.done
        }
        done?(result.mapError { $0 })
    }
}

private final class Transfers: NSObject, URLSessionDataDelegate, @unchecked Sendable {
    private let lock = NSLock()
    private var running: [Int: Transfer] = [:]

    func begin(_ task: URLSessionDataTask, _ transfer: Transfer, withinMs limit: Int64) {
        lock.withLock { running[task.taskIdentifier] = transfer }
        // The system's own time-outs start anew with every byte.
        let end = DispatchTime.now() + .milliseconds(Int(clamping: min(limit, Int64(Int32.max))))
        DispatchQueue.global(qos: .utility).asyncAfter(deadline: end) { [weak transfer, weak task] in
            transfer?.end(.failure(.timedOut))
            task?.cancel()
        }
        task.resume()
    }

    private func transfer(_ task: URLSessionTask) -> Transfer? {
        lock.withLock { running[task.taskIdentifier] }
    }

    func urlSession(
        _ session: URLSession, task: URLSessionTask, willPerformHTTPRedirection response: HTTPURLResponse, newRequest request: URLRequest,
        completionHandler: @escaping @Sendable (URLRequest?) -> Void
    ) {
        completionHandler(nil)
    }

    func urlSession(
        _ session: URLSession, dataTask: URLSessionDataTask, didReceive response: URLResponse,
        completionHandler: @escaping @Sendable (URLSession.ResponseDisposition) -> Void
    ) {
        guard let transfer = transfer(dataTask), let response = response as? HTTPURLResponse else { return completionHandler(.cancel) }
        let size = response.allHeaderFields.reduce(0) { $0 + "\($1.key)".utf8.count + "\($1.value)".utf8.count }
        guard size <= HTTPBounds.headers, response.expectedContentLength <= transfer.most else {
            transfer.end(.failure(.tooLarge))
            return completionHandler(.cancel)
        }
        transfer.response = response
        completionHandler(.allow)
    }

    func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
        guard let transfer = transfer(dataTask) else { return }
        guard Int64(transfer.body.count) + Int64(data.count) <= transfer.most else {
            transfer.end(.failure(.tooLarge))
            return dataTask.cancel()
        }
        transfer.body.append(data)
    }

    func urlSession(_ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?) {
        guard let transfer = lock.withLock({ running.removeValue(forKey: task.taskIdentifier) }) else { return }
        if let error { return transfer.end(.failure(Consent.TransportError(error))) }
        guard let response = transfer.response else { return transfer.end(.failure(.unreachable(reason: "the answer broke off"))) }
        let headers = response.allHeaderFields.map { Consent.HTTPHeader(name: "\($0.key)", value: "\($0.value)") }
        transfer.end(.success(Consent.HTTPResponse(status: response.statusCode, headers: headers, body: transfer.body)))
    }
}

extension Consent.TransportError {
    /// `URLError.appTransportSecurityRequiresSecureConnection`, by its number: not every system's Foundation has the name.
    private static let plainConnectionRefused = -1_022

    private static let noTLS: [URLError.Code] = [.secureConnectionFailed, .clientCertificateRequired, .clientCertificateRejected]
    private static let notTrusted: [URLError.Code] = [
        .serverCertificateUntrusted, .serverCertificateHasBadDate, .serverCertificateHasUnknownRoot, .serverCertificateNotYetValid,
    ]

    /// What went wrong, in words of our own: those of the system hold the address.
    init(_ error: any Error) {
        let error = error as NSError
        let isOneOf = { (codes: [URLError.Code]) in codes.contains { $0.rawValue == error.code } }
        if error.domain != NSURLErrorDomain {
            self = .unreachable(reason: "the connection broke before an answer")
        } else if isOneOf([.timedOut]) {
            self = .timedOut
        } else if isOneOf(Self.noTLS) {
            self = .refused(reason: "the other side speaks no TLS that can be used")
        } else if isOneOf(Self.notTrusted) {
            self = .refused(reason: "the server's certificate is not trusted")
        } else if error.code == Self.plainConnectionRefused {
            self = .refused(reason: "the system lets no plain http through: use https")
        } else if isOneOf([.badURL, .unsupportedURL]) {
            self = .refused(reason: "the request cannot be sent")
        } else if isOneOf([.cannotConnectToHost]) {
            self = .unreachable(reason: "nobody listens at the server's address")
        } else if isOneOf([.cannotFindHost, .dnsLookupFailed]) {
            self = .unreachable(reason: "the server's name is not known")
        } else if isOneOf([.notConnectedToInternet]) {
            self = .unreachable(reason: "no connection")
        } else {
            self = .unreachable(reason: "the connection broke before an answer")
        }
    }
}

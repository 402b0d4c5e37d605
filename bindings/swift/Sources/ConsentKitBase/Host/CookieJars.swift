import Foundation

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif
#if canImport(WebKit)
import WebKit
#endif

extension Consent {
    /// A jar that hands out its cookies and takes them out one by one: `HTTPCookieStorage` of `URLSession`, and `WKHTTPCookieStore` of a web view.
    public protocol CookieJar: Sendable {
        /// What the jar is called in reports and in the ledger: `http`, `web_view`.
        var storeName: String { get }
        /// Every cookie in it.
        func cookiesInside() async -> [HTTPCookie]
        /// Takes one out.
        func remove(_ cookie: HTTPCookie) async
    }

    /// The jar of `URLSession`. Each session may have its own; the web views' jars are others.
    public struct URLSessionJar: CookieJar {
        /// `http`.
        public let storeName = "http"
        private let storage: HTTPCookieStorage

        /// - Parameter storage: Where the session keeps its cookies: `URLSessionConfiguration.httpCookieStorage`.
        public init(_ storage: HTTPCookieStorage = .shared) {
            self.storage = storage
        }

        /// Every cookie in it.
        public func cookiesInside() async -> [HTTPCookie] { storage.cookies ?? [] }

        /// Takes one out.
        public func remove(_ cookie: HTTPCookie) async { storage.deleteCookie(cookie) }
    }
}

#if canImport(WebKit)
extension Consent {
    /// The jar of web views. WebKit wants it on the main thread (CK-10).
    @available(macOS 10.15, *)
    public struct WebViewJar: CookieJar {
        /// `web_view`.
        public let storeName = "web_view"
        private let store: WKHTTPCookieStore

        /// - Parameter store: Of the web view's data store: `WKWebsiteDataStore.default().httpCookieStore`.
        @MainActor
        public init(_ store: WKHTTPCookieStore) {
            self.store = store
        }

        /// Every cookie in it.
        public func cookiesInside() async -> [HTTPCookie] { await allCookies() }

        /// Takes one out.
        public func remove(_ cookie: HTTPCookie) async { await delete(cookie) }

        @MainActor
        private func allCookies() async -> [HTTPCookie] {
            await withCheckedContinuation { continuation in store.getAllCookies { continuation.resume(returning: $0) } }
        }

        @MainActor
        private func delete(_ cookie: HTTPCookie) async {
            await withCheckedContinuation { continuation in store.delete(cookie) { continuation.resume() } }
        }
    }
}
#endif

extension Consent.CookieGate {
    /// What is in a jar and whether it may be there.
    public func scan(_ jar: any Consent.CookieJar) async throws(ConsentError) -> Consent.CookieReport {
        try scan(await jar.cookiesInside().map { Consent.SeenCookie($0, in: jar.storeName) })
    }

    /// The `Cookie` header of a request, from a jar of `URLSession`; nil where none may be sent. For a session that sends none by itself
    /// (`httpShouldSetCookies` off).
    public func header(for url: URL, from storage: HTTPCookieStorage) -> String? {
        let allowed = (storage.cookies(for: url) ?? []).filter { verdict($0.name).allowed }
        return HTTPCookie.requestHeaderFields(with: allowed)["Cookie"].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Keeps the cookies of a response that may be set in a jar of `URLSession`, and deletes those that it deletes. For a session that keeps
    /// none by itself (`httpCookieAcceptPolicy` of `.never`).
    public func keep(_ response: HTTPURLResponse, in storage: HTTPCookieStorage) {
        guard let url = response.url else { return }
        let fields = response.allHeaderFields.reduce(into: [String: String]()) { fields, field in
            if let name = field.key as? String, let value = field.value as? String { fields[name] = value }
        }
        for cookie in HTTPCookie.cookies(withResponseHeaderFields: fields, for: url) {
            let isPast = cookie.expiresDate.map { $0 <= Date() } ?? false
            if isPast {
                storage.deleteCookie(cookie)
            } else if verdict(cookie.name).allowed {
                storage.setCookie(cookie)
            }
        }
    }
}

extension Consent {
    /// Takes out of a jar what may not be there now, records how much went and what is left, and says what had to go. Call it after a withdrawal
    /// for each jar of the app; what is necessary or allowed stays.
    @discardableResult
    public func purge(_ jar: any CookieJar, by gate: CookieGate) async throws(ConsentError) -> [PurgeStep] {
        let inside = await jar.cookiesInside()
        var steps: [PurgeStep] = []
        for cookie in inside {
            let verdict = gate.verdict(cookie.name)
            if verdict.allowed { continue }
            await jar.remove(cookie)
            steps.append(PurgeStep(cookie: SeenCookie(cookie, in: jar.storeName), headers: [], purposes: verdict.purposes))
        }
        let left = await jar.cookiesInside().map { SeenCookie($0, in: jar.storeName) }
        try await cookiesRemoved(steps, left: left)
        return steps
    }
}

extension Consent.SeenCookie {
    /// A cookie of a jar.
    public init(_ cookie: HTTPCookie, in store: String) {
        self.init(name: cookie.name, store: store, domain: cookie.domain, path: cookie.path)
    }
}

import Foundation
#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// Of the shape of Apple's, with the cookies of a test in place of a web view's.
@MainActor
public final class WKHTTPCookieStore {
    private var cookies: [HTTPCookie] = []

    public init() {}

    public func getAllCookies(_ completionHandler: @escaping @MainActor @Sendable ([HTTPCookie]) -> Void) {
        completionHandler(cookies)
    }

    public func setCookie(_ cookie: HTTPCookie, completionHandler: (@MainActor @Sendable () -> Void)? = nil) {
        cookies.append(cookie)
        completionHandler?()
    }

    public func delete(_ cookie: HTTPCookie, completionHandler: (@MainActor @Sendable () -> Void)? = nil) {
        cookies.removeAll { $0 == cookie }
        completionHandler?()
    }
}

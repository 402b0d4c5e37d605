import ConsentKitBase
internal import ConsentKitFFI
import Foundation

// The core calls these on a thread of ours that may wait, and so they wait there for what the app's own code does elsewhere.

/// How long the app's own code may take (APL, AND-1: three seconds for the advertising id; a log-in may need a round trip or two).
enum Patience {
    static let advertisingID = 3_000
    static let token = 30_000
    /// A transport keeps its own time; this is for one that does not.
    static let transportGrace = 2_000
}

final class HostTransport: ConsentKitFFI.HttpTransport {
    private let transport: any Consent.HTTPTransport
    private let exchanges: Exchanges
    private let grace: Int

    init(_ transport: any Consent.HTTPTransport, _ exchanges: Exchanges = Exchanges(), grace: Int = Patience.transportGrace) {
        self.transport = transport
        self.exchanges = exchanges
        self.grace = grace
    }

    func send(request: ConsentKitFFI.HttpRequest) throws -> ConsentKitFFI.HttpResponse {
        let (asked, exchange) = (Consent.HTTPRequest(request), exchanges.current)
        let limit = Int(clamping: request.timeoutMs.addingReportingOverflow(Int64(grace)).partialValue)
        let answer = Waiting.answer(within: limit, in: exchange) { [transport] in try await transport.send(asked) }
        switch answer {
        case .success(let response): return ConsentKitFFI.HttpResponse(response)
        case .failure(let error as Consent.TransportError): throw ConsentKitFFI.TransportError(error)
        case .failure: throw ConsentKitFFI.TransportError.Unreachable(reason: "the app's transport failed")
        case nil where exchange?.isEnded == true: throw ConsentKitFFI.TransportError.GivenUp
        case nil: throw ConsentKitFFI.TransportError.TimedOut
        }
    }
}

final class HostTokens: ConsentKitFFI.AccountTokens {
    private let tokens: any Consent.AccountTokens
    private let exchanges: Exchanges
    private let limit: Int

    init(_ tokens: any Consent.AccountTokens, _ exchanges: Exchanges = Exchanges(), limit: Int = Patience.token) {
        self.tokens = tokens
        self.exchanges = exchanges
        self.limit = limit
    }

    func token(subject: String, refresh: Bool) throws -> String? {
        let answer = Waiting.answer(within: limit, in: exchanges.current) { [tokens] in
            try await tokens.token(for: subject, refresh: refresh)
        }
        guard case .success(let token) = answer else { throw HostError.Failed }
        return token
    }
}

final class HostAdvertisingID: ConsentKitFFI.AdvertisingIdSource {
    private let source: any AdvertisingIDSource
    private let limit: Int

    init(_ source: any AdvertisingIDSource, limit: Int = Patience.advertisingID) {
        self.source = source
        self.limit = limit
    }

    func advertisingId() throws -> ConsentKitFFI.AdIdAnswer {
        switch Waiting.answer(within: limit, { [source] in try await source.advertisingID() }) {
        case .success(let answer): ConsentKitFFI.AdIdAnswer(answer)
        case .failure: .unavailable(kind: .failed)
        case nil: .unavailable(kind: .timedOut)
        }
    }
}

final class HostClock: ConsentKitFFI.TestClock {
    private let clock: any ConsentClock

    init(_ clock: any ConsentClock) {
        self.clock = clock
    }

    func now() throws -> Int64 {
        clock.now()
    }
}

extension ConsentKitFFI.TransportError {
    init(_ ours: Consent.TransportError) {
        switch ours {
        case .unreachable(let reason): self = .Unreachable(reason: reason)
        case .timedOut: self = .TimedOut
        case .tooLarge: self = .TooLarge
        case .refused(let reason): self = .Refused(reason: reason)
        }
    }
}

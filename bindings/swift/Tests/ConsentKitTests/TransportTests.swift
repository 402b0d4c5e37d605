import ConsentKit
import Foundation
import XCTest

/// `URLSessionTransport` against a peer on loopback that misbehaves.
final class TransportTests: XCTestCase, @unchecked Sendable {
    /// Kept until the test is over: the socket closes with its peer.
    private let peers = Guarded<[Peer]>([])

    private func peer(_ text: String?) throws -> Peer {
        let peer = try Peer(text)
        peers.change { $0.append(peer) }
        return peer
    }

    private func request(_ peer: Peer, within limit: Int64 = 10_000, most: Int64 = 1024) -> Consent.HTTPRequest {
        Consent.HTTPRequest(
            method: "POST", url: "http://127.0.0.1:\(peer.port)/v1/sync",
            headers: [Consent.HTTPHeader(name: "Authorization", value: "Bearer canary")], body: Data("{}".utf8), timeoutMs: limit, maxResponseBytes: most)
    }

    private func fault(_ request: Consent.HTTPRequest) async -> Consent.TransportError? {
        do {
            let answer = try await Consent.URLSessionTransport().send(request)
            XCTFail("answered \(answer.status)")
            return nil
        } catch {
            for word in ["127.0.0.1", "v1/sync", "canary", "example"] {
                XCTAssertFalse("\(error)".contains(word), "\(error)")
            }
            return error as? Consent.TransportError
        }
    }

    func testARequestIsCarriedAndItsAnswerBroughtBack() async throws {
        let peer = try self.peer("HTTP/1.1 503 Later\r\nRetry-After: 7\r\nContent-Length: 4\r\n\r\nbusy")
        let answer = try await Consent.URLSessionTransport().send(request(peer))
        XCTAssertEqual(answer.status, 503)
        XCTAssertEqual(answer.body, Data("busy".utf8))
        XCTAssertEqual(answer.headers.first { $0.name.lowercased() == "retry-after" }?.value, "7")
        let heard = peer.heard.value
        XCTAssertTrue(heard.hasPrefix("POST /v1/sync HTTP/1.1\r\n"), heard)
        XCTAssertTrue(heard.contains("Authorization: Bearer canary"), heard)
    }

    func testARedirectIsAnAnswerAndIsNotFollowed() async throws {
        let elsewhere = try self.peer("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        let peer = try self.peer("HTTP/1.1 307 Go\r\nLocation: http://127.0.0.1:\(elsewhere.port)/\r\nContent-Length: 0\r\n\r\n")
        let answer = try await Consent.URLSessionTransport().send(request(peer))
        XCTAssertEqual(answer.status, 307)
        XCTAssertEqual(elsewhere.heard.value, "")
    }

    func testABodyAndHeadersAreBounded() async throws {
        let exact = try self.peer("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + String(repeating: "x", count: 1024))
        let answer = try await Consent.URLSessionTransport().send(request(exact))
        XCTAssertEqual(answer.body.count, 1024)
        for text in [
            "HTTP/1.1 200 OK\r\nContent-Length: 1025\r\n\r\n",
            "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + String(repeating: "x", count: 100_000),
            "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX: \(String(repeating: "x", count: 16 * 1024))\r\n\r\n",
        ] {
            let error = await fault(request(try self.peer(text)))
            XCTAssertEqual(error, .tooLarge, String(text.prefix(40)))
        }
    }

    func testWhatBreaksOffIsUnreachable() async throws {
        for text in ["", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"] {
            let peer = try self.peer(text)
            guard case .unreachable = await fault(request(peer)) else { return XCTFail(text) }
            XCTAssertNotEqual(peer.heard.value, "", "it was never reached")
        }
    }

    func testTheWholeExchangeEndsInTime() async throws {
        let silent = try self.peer(nil)
        var error = await fault(request(silent, within: 200))
        XCTAssertEqual(error, .timedOut)
        error = await fault(request(silent, within: 0))
        XCTAssertEqual(error, .timedOut)
    }

    func testRequestsAnswersAndTheirHeadersPrintNothingOfThemselves() {
        let header = Consent.HTTPHeader(name: "X-canary", value: "Bearer canary")
        let request = Consent.HTTPRequest(
            method: "POST", url: "https://canary.example", headers: [header], body: Data("canary".utf8), timeoutMs: 1, maxResponseBytes: 1)
        let answer = Consent.HTTPResponse(status: 200, headers: [header], body: Data("canary".utf8))
        let values: [Any] = [header, request, answer, request.headers, answer.headers, ["first": header], Optional(header) as Any]
        for value in values {
            var (dumped, printed) = ("", "")
            dump(value, to: &dumped)
            print(value, to: &printed)
            let texts = [dumped, printed, "\(value)", String(describing: value), String(reflecting: value)]
            XCTAssertFalse(texts.contains { $0.lowercased().contains("canary") }, "\(texts)")
        }
        XCTAssertTrue(Mirror(reflecting: header).children.isEmpty)
    }

    func testOnlyEncryptedConnectionsLeaveTheMachineAndOnlyWhatCanBeWrittenIsSent() async throws {
        let peer = try self.peer("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        let good = request(peer)
        let addresses = [
            "http://example.com/", "http://128.0.0.1/", "http://127.0.0.1.example.com/", "http://[2001:db8::1]/", "http://0.0.0.0/",
            "ftp://127.0.0.1/", "file:///etc/passwd", "https://user:secret@example.com/", "http:", "", "\0", "/v1/sync", "https://",
        ]
        let bad =
            addresses.map { Consent.HTTPRequest(method: "GET", url: $0, headers: [], body: Data(), timeoutMs: 1_000, maxResponseBytes: 10) }
            + [("a b", "c"), ("", "c"), ("authorization", "canary\r\nX: y"), ("authorization", "canary\0")].map { header in
                Consent.HTTPRequest(
                    method: "POST", url: good.url, headers: [Consent.HTTPHeader(name: header.0, value: header.1)], body: Data(), timeoutMs: 1_000,
                    maxResponseBytes: 10)
            } + [Consent.HTTPRequest(method: "DELETE", url: good.url, headers: [], body: Data(), timeoutMs: 1_000, maxResponseBytes: 10)]
        for request in bad {
            guard case .refused = await fault(request) else { return XCTFail(request.url) }
        }
        XCTAssertEqual(peer.heard.value, "")
    }
}

/// A peer on loopback that reads one request a connection, says what it was told, and closes; without a text it says nothing and waits.
final class Peer: @unchecked Sendable {
    let port: UInt16
    let heard = Guarded("")
    private let socket: Int32

    init(_ text: String?) throws {
        #if canImport(Glibc)
        socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #else
        socket = Darwin.socket(AF_INET, SOCK_STREAM, 0)
        #endif
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let socket = socket
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(socket, $0, length) + getsockname(socket, $0, &length) + listen(socket, 8) }
        }
        guard socket >= 0, bound == 0 else { throw POSIXError(.EADDRNOTAVAIL) }
        port = UInt16(bigEndian: address.sin_port)
        Thread.detachNewThread { [heard] in
            while true {
                let connection = accept(socket, nil, nil)
                guard connection >= 0 else { return }
                let asked = Peer.readRequest(connection)
                heard.change { $0 += asked }
                guard let text else {
                    // Until the other side gives up.
                    var byte: UInt8 = 0
                    _ = read(connection, &byte, 1)
                    close(connection)
                    continue
                }
                let bytes = Array(text.utf8)
                _ = send(connection, bytes, bytes.count, Peer.flags)
                shutdown(connection, Int32(SHUT_WR))
                close(connection)
            }
        }
    }

    deinit {
        shutdown(socket, Int32(SHUT_RDWR))
        close(socket)
    }

    #if canImport(Glibc)
    private static let flags = Int32(MSG_NOSIGNAL)
    #else
    private static let flags: Int32 = 0
    #endif

    private static func readRequest(_ connection: Int32) -> String {
        var (bytes, byte) = ([UInt8](), UInt8(0))
        while !bytes.suffix(4).elementsEqual([13, 10, 13, 10]), read(connection, &byte, 1) == 1 { bytes.append(byte) }
        let head = String(decoding: bytes, as: UTF8.self)
        let length = head.lowercased().components(separatedBy: "content-length: ").dropFirst().first?.components(separatedBy: "\r\n").first
        for _ in 0..<(length.flatMap { Int($0) } ?? 0) where read(connection, &byte, 1) == 1 { bytes.append(byte) }
        return String(decoding: bytes, as: UTF8.self)
    }
}

import Foundation

/// Where a request may go: https anywhere, http only where the packets do not leave this machine.
enum ServerAddress {
    static func check(_ text: String) throws(Consent.TransportError) -> URL {
        guard let parts = URLComponents(string: text), let url = parts.url, let scheme = parts.scheme?.lowercased() else {
            throw .refused(reason: "the address is no URL")
        }
        guard let host = parts.host, !host.isEmpty else { throw .refused(reason: "the address names no host") }
        guard parts.user == nil, parts.password == nil else { throw .refused(reason: "the address holds a user name") }
        switch scheme {
        case "https": return url
        case "http" where isThisMachine(host): return url
        case "http": throw .refused(reason: "the connection would not be encrypted: use https")
        default: throw .refused(reason: "the address is neither https nor http")
        }
    }

    private static func isThisMachine(_ host: String) -> Bool {
        let address = host.trimmingCharacters(in: CharacterSet(charactersIn: "[]"))
        if address.lowercased() == "localhost" { return true }
        var four = in_addr()
        if inet_pton(AF_INET, address, &four) == 1 { return UInt32(bigEndian: four.s_addr) >> 24 == 127 }
        var six = in6_addr()
        guard inet_pton(AF_INET6, address, &six) == 1 else { return false }
        return withUnsafeBytes(of: &six) { $0.last == 1 && $0.dropLast().allSatisfy { $0 == 0 } }
    }
}

import ConsentKitBase
internal import ConsentKitFFI
import Foundation

extension Consent {
    /// Opens the database, creating it where there is none, and brings the policy the app ships into force. Sends nothing.
    ///
    /// Blocks on the disk for some milliseconds: call it once, before the first screen, and keep what it returns.
    ///
    /// - Parameters:
    ///   - file: The database, in a private folder that no backup copies; its folder must exist. See `standardFile()`.
    ///   - policy: The policy document that the app ships, JSON.
    ///   - options: What the app brings along. Everything may be left out.
    public static func open(at file: URL, policy: String, options: ConsentKitBase.ConsentOptions = ConsentKitBase.ConsentOptions()) throws(ConsentKitBase.ConsentError) -> Consent {
        guard file.isFileURL else { throw .invalid(field: "file", reason: "is no file URL") }
        let core = try translated {
            try ConsentCore.open(
                options: ConsentKitFFI.ConsentOptions(
                    path: file.path,
                    marker: options.marker?.path,
                    policy: policy,
                    platform: ConsentKitFFI.Platform(options.platform),
                    osVersion: options.osVersion,
                    language: options.language,
                    appVersion: options.appVersion,
                    server: options.server?.absoluteString
                ),
                host: HostServices(
                    transport: options.transport.map { HostTransport($0) },
                    tokens: options.tokens.map { HostTokens($0) },
                    advertisingId: options.advertisingID.map { HostAdvertisingID($0) },
                    clock: options.clock.map { HostClock($0) }
                )
            )
        }
        options.log?(LogEvent(name: "open", code: "ok"))
        return Consent(engine: CoreEngine(core), clock: options.clock, log: options.log)
    }

    /// The file to give to `open`: `ConsentKit/consent.db` under Application Support, in a folder that is made now and kept out of backups.
    public static func standardFile() throws -> URL {
        let support = try FileManager.default.url(for: .applicationSupportDirectory, in: .userDomainMask, appropriateFor: nil, create: true)
        var folder = support.appendingPathComponent("ConsentKit", isDirectory: true)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        #if !os(Linux)
        // A backup restored on another phone would bring its owner's choices along.
        var values = URLResourceValues()
        values.isExcludedFromBackup = true
        try folder.setResourceValues(values)
        #endif
        return folder.appendingPathComponent("consent.db")
    }
}

extension Consent {
    /// Every fault of a policy document, with its place and what to do; empty for a good one.
    public static func policyFaults(_ document: String) -> [Consent.PolicyFault] {
        ConsentKitFFI.policyFaults(document: document).map(Consent.PolicyFault.init)
    }

    /// Checks a copy of a database, as a privacy officer does. Blocks on the disk, the longer the history the longer.
    public static func verifyFile(_ file: URL) throws(ConsentKitBase.ConsentError) -> Consent.Verification {
        try translated { Consent.Verification(try ConsentKitFFI.verifyFile(path: file.path)) }
    }
}

extension Consent.Reason {
    /// One sentence for a person or a privacy officer: Korean for a `ko` language tag, English for any other.
    public func text(language: String) -> String {
        reasonText(reason: ConsentKitFFI.Reason(self), language: language)
    }
}

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
    public static func open(
        at file: URL, policy: String, options: ConsentKitBase.ConsentOptions = ConsentKitBase.ConsentOptions()
    ) throws(ConsentKitBase.ConsentError) -> Consent {
        let engine = try CoreEngine.open(at: file, policy: policy, options: options)
        options.log?(LogEvent(name: "opened"))
        return Consent(engine: engine, options)
    }

    /// The same, without waiting for the disk: what it returns can be handed to screens at once. Until the file is open it answers no, with
    /// the reason `store_unavailable:opening`, and `updates` tells when it answers; what reads or writes the file waits. Where the file cannot
    /// be opened every such call throws why.
    public static func opening(
        at file: URL, policy: String, options: ConsentKitBase.ConsentOptions = ConsentKitBase.ConsentOptions()
    ) -> Consent {
        let language = options.language
        let engine = OpeningEngine(clock: options.clock ?? SystemClock()) { $0.text(language: language) }
        let consent = Consent(engine: engine, options)
        consent.openFirst {
            engine.open { () throws(ConsentKitBase.ConsentError) in try CoreEngine.open(at: file, policy: policy, options: options) }
            options.log?(engine.failure.map { LogEvent(name: "failed", codes: [$0.code]) } ?? LogEvent(name: "opened"))
        }
        return consent
    }

    /// Recovers a file that `open` refused as damaged, or as no database though it is the app's own: moves it aside, and carries over into a
    /// fresh one what can still be read. Every refusal and withdrawal that was saved counts, and is sent where the server has not acknowledged
    /// it. Nothing that was granted counts until a sync shows it or the person answers again, and nobody is signed in. Open it afterwards,
    /// with the same options.
    ///
    /// Blocks on the disk, the longer the history the longer. Throws `.invalid` where the file is not damaged, and leaves it as it is.
    public static func recover(
        at file: URL, policy: String, options: ConsentKitBase.ConsentOptions = ConsentKitBase.ConsentOptions()
    ) throws(ConsentKitBase.ConsentError) -> Recovered {
        do throws(ConsentKitBase.ConsentError) {
            let recovered = try CoreEngine.recover(at: file, policy: policy, options: options)
            options.log?(LogEvent(name: "recovered"))
            return recovered
        } catch {
            options.log?(LogEvent(name: "failed", codes: [error.code]))
            throw error
        }
    }

    private convenience init(engine: any ConsentEngine, _ options: ConsentKitBase.ConsentOptions) {
        let syncs = options.syncsByItself && options.server != nil
        self.init(engine: engine, clock: options.clock, log: options.log, occasions: syncs ? options.occasions() : nil)
    }

    /// The file to give to `open`: `ConsentKit/consent.db` under Application Support, in a folder that is made now and kept out of backups.
    public static func standardFile() throws -> URL {
        let support = try FileManager.default.url(for: .applicationSupportDirectory, in: .userDomainMask, appropriateFor: nil, create: true)
        return try standardFile(in: support)
    }

    #if !os(Linux)
    /// The same in the folder that an app shares with its extensions: give both the same group, and call `refresh` where the other may have
    /// written.
    public static func standardFile(appGroup: String) throws -> URL {
        guard let shared = FileManager.default.containerURL(forSecurityApplicationGroupIdentifier: appGroup) else {
            throw ConsentKitBase.ConsentError.invalid(field: "appGroup", reason: "is no group of this app: add it to the entitlements")
        }
        return try standardFile(in: shared.appendingPathComponent("Library/Application Support", isDirectory: true))
    }
    #endif

    static func standardFile(in parent: URL) throws -> URL {
        var folder = parent.appendingPathComponent("ConsentKit", isDirectory: true)
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

private struct SystemClock: ConsentClock {
    func now() -> Int64 { Int64(Date().timeIntervalSince1970 * 1_000) }
}

extension CoreEngine {
    static func open(
        at file: URL, policy: String, options: ConsentKitBase.ConsentOptions
    ) throws(ConsentKitBase.ConsentError) -> CoreEngine {
        guard file.isFileURL else { throw .invalid(field: "file", reason: "is no file URL") }
        let exchanges = Exchanges()
        let core = try translated {
            try ConsentCore.open(options: coreOptions(at: file, policy: policy, options), host: hostServices(options, exchanges))
        }
        return CoreEngine(core, exchanges)
    }

    static func recover(
        at file: URL, policy: String, options: ConsentKitBase.ConsentOptions
    ) throws(ConsentKitBase.ConsentError) -> Consent.Recovered {
        guard file.isFileURL else { throw .invalid(field: "file", reason: "is no file URL") }
        return try translated {
            let options = (core: coreOptions(at: file, policy: policy, options), host: hostServices(options, Exchanges()))
            return Consent.Recovered(try ConsentKitFFI.recover(options: options.core, host: options.host))
        }
    }

    private static func coreOptions(
        at file: URL, policy: String, _ options: ConsentKitBase.ConsentOptions
    ) -> ConsentKitFFI.ConsentOptions {
        ConsentKitFFI.ConsentOptions(
            path: file.path,
            marker: options.marker?.path,
            policy: policy,
            platform: ConsentKitFFI.Platform(options.platform),
            osVersion: options.osVersion,
            language: options.language,
            appVersion: options.appVersion,
            server: options.server?.absoluteString
        )
    }

    private static func hostServices(_ options: ConsentKitBase.ConsentOptions, _ exchanges: Exchanges) -> HostServices {
        HostServices(
            transport: options.transport.map { HostTransport($0, exchanges) },
            tokens: options.tokens.map { HostTokens($0, exchanges) },
            advertisingId: options.advertisingID.map { HostAdvertisingID($0) },
            zones: HostZones(),
            clock: options.clock.map { HostClock($0) }
        )
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
    /// One sentence for a person or a privacy officer: Korean for a `ko` language tag, Japanese for `ja`, English for any other.
    /// `Consent.text(of:)` has it in the policy's own words.
    public func text(language: String) -> String {
        reasonText(reason: ConsentKitFFI.Reason(self), language: language)
    }
}

/// What a `Consent` stands on: the core behind UniFFI, or the fake for an app's own tests.
///
/// Every call may block on the disk, `sync` and the sign-out that sends first on the network, `advertisingID` on the platform's provider; `snapshot`,
/// `text`, `nextPrompt`, `unrecorded` and `rolledBack` answer from memory. Calls come from several threads.
package protocol ConsentEngine: AnyObject, Sendable {
    func snapshot() -> Consent.Snapshot
    func text(of reason: Consent.Reason) -> String
    func policy() throws(ConsentError) -> Consent.PolicyView
    func nextPrompt() -> Consent.Prompt?
    func unrecorded() -> [Consent.Unrecorded]
    func rolledBack() -> Consent.RolledBack?
    func questions(surface: String) throws(ConsentError) -> Consent.Questions
    func record(shown: Consent.Shown, answers: [Consent.Answer]) throws(ConsentError) -> Consent.Receipt
    func webPages(_ origins: [String]) throws(ConsentError) -> any WebPagesEngine
    func withdraw(_ purposes: [String]) throws(ConsentError) -> Consent.Receipt
    func `import`(_ choices: [Consent.ImportChoice]) throws(ConsentError) -> Consent.ImportReceipt
    func signIn(_ subject: String) throws(ConsentError)
    func signOut() throws(ConsentError)
    func signOut(timeoutMs: Int64, exchange: Exchange) throws(ConsentError) -> Consent.SignOutReport
    func reportSignals(_ signals: Consent.Signals) throws(ConsentError)
    func advertisingID(for purpose: String) throws(ConsentError) -> AdvertisingID
    func sync(timeoutMs: Int64, exchange: Exchange) throws(ConsentError) -> Consent.SyncReport
    func connectivityRestored() throws(ConsentError)
    func pending() throws(ConsentError) -> [Consent.PendingChange]
    func stuck() throws(ConsentError) -> [Consent.PendingChange]
    func history(after: Int64, limit: Int64) throws(ConsentError) -> [Consent.HistoryEntry]
    func stateAt(_ time: Int64) throws(ConsentError) -> Consent.StateAt
    func verify() throws(ConsentError) -> Consent.Verification
    func announced() throws(ConsentError) -> [Consent.AnnouncedEdition]
    func edition(_ edition: Int64) throws(ConsentError) -> Consent.PolicyView
    func closed(_ shown: Consent.Shown) throws(ConsentError)
    func cookies(_ options: Consent.CookieOptions) throws(ConsentError) -> any CookieEngine
    func cookiesRemoved(_ steps: [Consent.PurgeStep], left: [Consent.SeenCookie]) throws(ConsentError)
    func adoptPolicy(_ document: String) throws(ConsentError)
    func refresh() throws(ConsentError)
    func close() throws(ConsentError)
    /// Tells of every change from now on, on the thread that made it and in order, until what is returned is let go.
    func subscribe(_ changed: @escaping @Sendable (Consent.Snapshot) -> Void) -> any Sendable & AnyObject
}

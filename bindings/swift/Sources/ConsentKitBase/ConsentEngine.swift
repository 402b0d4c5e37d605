/// What a `Consent` stands on: the core behind UniFFI, or the fake for an app's own tests.
///
/// Every call may block on the disk, `sync` and `signOutWithin` on the network, `advertisingID` on the platform's provider; `snapshot`, `policy`,
/// `nextPrompt` and `unrecorded` answer from memory. Calls come from several threads.
package protocol ConsentEngine: AnyObject, Sendable {
    func snapshot() -> Snapshot
    func policy() -> PolicyView
    func nextPrompt() -> Prompt?
    func unrecorded() -> [Unrecorded]
    func questions(surface: String) throws(ConsentError) -> Questions
    func record(shown: Shown, answers: [Answer]) throws(ConsentError) -> Receipt
    func withdraw(_ purposes: [String]) throws(ConsentError) -> Receipt
    func importChoices(_ choices: [ImportChoice]) throws(ConsentError) -> ImportReceipt
    func signIn(_ subject: String) throws(ConsentError)
    func signOut() throws(ConsentError)
    func signOutWithin(timeoutMs: Int64) throws(ConsentError) -> SignOutReport
    func reportSignals(_ signals: Signals) throws(ConsentError)
    func advertisingID(for purpose: String) throws(ConsentError) -> AdvertisingID
    func sync(timeoutMs: Int64) throws(ConsentError) -> SyncReport
    func connectivityRestored() throws(ConsentError)
    func pending() throws(ConsentError) -> [PendingChange]
    func stuck() throws(ConsentError) -> [PendingChange]
    func history(after: Int64, limit: Int64) throws(ConsentError) -> [HistoryEntry]
    func state(at time: Int64) throws(ConsentError) -> StateAt
    func verify() throws(ConsentError) -> Verification
    func adoptPolicy(_ document: String) throws(ConsentError)
    func refresh() throws(ConsentError)
    func shutdown() throws(ConsentError)
    /// Tells of every change from now on, on the thread that made it and in order, until what is returned is let go.
    func subscribe(_ changed: @escaping @Sendable (Snapshot) -> Void) -> any Sendable & AnyObject
}

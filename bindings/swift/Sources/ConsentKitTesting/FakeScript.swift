import ConsentKitBase

/// What a fake pretends of the company's server. Nothing is ever sent.
public enum FakeServer: Sendable, Hashable {
    /// None was given at open: `sync` throws `.noServer`.
    case none
    /// It takes everything: after a `sync` nothing waits.
    case reachable
    /// Every request fails with this trouble, and the changes stay.
    case failing(Consent.Trouble)
}

/// The calls of `Consent` that a test can make fail.
public enum FakeCall: String, CaseIterable, Sendable {
    /// `questions(surface:)`.
    case questions
    /// `record(_:_:)`.
    case record
    /// `closed(_:)`.
    case closed
    /// `withdraw(_:)`.
    case withdraw
    /// `import(_:)`.
    case `import`
    /// `signIn(_:)`.
    case signIn
    /// `signOut()`.
    case signOut
    /// `signOut(within:)`.
    case signOutWithin
    /// `reportSignals(_:)`.
    case reportSignals
    /// `advertisingID(for:)`.
    case advertisingID
    /// `sync(within:)`.
    case sync
    /// `connectivityRestored()`.
    case connectivityRestored
    /// `pending()`.
    case pending
    /// `stuck()`.
    case stuck
    /// `announced()`.
    case announced
    /// `edition(_:)`.
    case edition
    /// `history(after:limit:)`.
    case history
    /// `stateAt(_:)`.
    case stateAt
    /// `verify()`.
    case verify
    /// `cookies(_:)`.
    case cookies
    /// `cookiesRemoved(_:left:)`.
    case cookiesRemoved
    /// `adoptPolicy(_:)`.
    case adoptPolicy
    /// `refresh()`.
    case refresh
    /// `close()`.
    case close
}

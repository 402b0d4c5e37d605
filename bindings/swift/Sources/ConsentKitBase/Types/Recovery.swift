extension Consent {
    /// Records of this file that were on the disk once and are gone. The file, or a part of it, was lost or was put back to an earlier state.
    ///
    /// What was granted before does not count any more, until a sync shows that it still does or the person answers again: nobody can tell
    /// whether a withdrawal was among what is gone. No withdrawal is made up.
    public struct RolledBack: Sendable, Hashable {
        /// How many records are gone, at least; 0 where that cannot be told.
        public let records: Int64
        /// When the last record was written that is still there, Unix milliseconds; nil where none is. What was said after it is gone.
        public let since: Int64?
        /// Position of the record that says so, from which on the history goes on.
        public let seq: Int64

        /// All fields, in their order.
        public init(records: Int64, since: Int64?, seq: Int64) {
            self.records = records
            self.since = since
            self.seq = seq
        }
    }

    /// What was saved of a damaged file. It holds nothing of what anybody said, so that it may be shown and sent to whoever helps.
    public struct Recovered: Sendable, Hashable {
        /// Records that were carried over: all from the first on up to the first that is gone or altered.
        public let records: Int64
        /// Records that are known to be gone.
        public let lost: Int64
        /// Refusals and withdrawals among those carried over that the server has not acknowledged. They are sent at the next sync.
        public let noes: Int64
        /// Where the damaged file lies now, with its log beside it. Nothing but the app removes it.
        public let aside: String

        /// All fields, in their order.
        public init(records: Int64, lost: Int64, noes: Int64, aside: String) {
            self.records = records
            self.lost = lost
            self.noes = noes
            self.aside = aside
        }
    }
}

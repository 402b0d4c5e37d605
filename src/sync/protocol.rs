//! Wire types: what crosses between a device and the server. `docs/sync.md` tells the protocol in words.

use serde::Serialize;

use crate::{
    debug::silent,
    json::FromJson,
    ledger::{Mark, Status, Withdrawal},
};

/// Most changes in one request.
pub const MAX_CHANGES: usize = 100;

/// Most bytes of changes in one request, so that a request over a slow link ends within its time-out.
pub const MAX_BATCH_BYTES: usize = 256 * 1024;

/// Most withdrawals that a state lists, which are the newest. A device treats those that are not listed as not seen, unless a mark says
/// otherwise.
pub const MAX_LISTED_WITHDRAWALS: usize = 64;

/// Most own withdrawals that a grant names in `after`. Where there are more, the purpose is asked again instead, so that no grant grows
/// without bound.
pub const MAX_AFTER: usize = 256;

/// Largest answer that is read, in bytes after decompression.
pub const MAX_RESPONSE_BYTES: usize = 1024 * 1024;

/// Prefix of the wire name of a device subject; an account may not begin with it.
pub const DEVICE_PREFIX: &str = "device:";

/// Prefix of the wire name of an anonymous person; an account may not begin with it.
pub const ANONYMOUS_PREFIX: &str = "anonymous:";

/// What a change is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, FromJson, uniffi::Enum)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// A choice.
    Choice,
    /// A consent from an older store.
    Import,
    /// The platform's signals: after an opt-out the server drops what is linked.
    Signal,
    /// An account's subject reference is made known.
    Link,
    /// Anonymous answers are brought into the account.
    Merge,
    /// A withdrawal made elsewhere that the server told and has lost since: its record comes back as it was heard, without its place in
    /// a chain.
    Relay,
}

/// One change: a ledger record and its place in the chain. The server reads every field from `record`.
#[derive(Clone, PartialEq, Eq, Serialize, FromJson)]
pub struct Change {
    /// What it is.
    pub kind: ChangeKind,
    /// The operation.
    pub op: String,
    /// The exact ledger bytes.
    pub record: String,
    /// The leaf's salt, hex; empty for a relay, as are the two hashes: only its maker knows them.
    pub salt: String,
    /// Hash of the record before it in the ledger, hex.
    pub prev: String,
    /// The record's own hash, hex.
    pub hash: String,
}

/// A place in an installation's ledger, with the hash of the record there. It shows whether two sides hold the same ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromJson)]
pub struct Anchor {
    /// Position.
    pub seq: i64,
    /// Hash of the record there, hex.
    pub hash: String,
}

/// The policy a device works by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromJson)]
pub struct PolicyRef {
    /// Policy id.
    pub id: String,
    /// Version label.
    pub version: String,
    /// Edition.
    pub edition: u32,
}

/// The request `POST /v1/sync`: it sends changes of one subject and asks for that subject's states.
#[derive(Clone, PartialEq, Eq, Serialize, FromJson)]
pub struct SyncRequest {
    /// The installation.
    pub install: String,
    /// The subject by its name on the wire: an account's name, `device:<reference>` or `anonymous:<reference>`.
    pub subject: String,
    /// Proves that the sender is that installation, where the bearer token is an account's. It is the installation's key in hex, or for an
    /// installation named by an older version, which has no key, the token that the server gave it. Without a proof only withdrawals are
    /// accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proof: Option<String>,
    /// Where the last pull of this subject ended, as the server wrote it. From it the server sees whether it still holds what it told then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    /// The policy in force on the device.
    pub policy: PolicyRef,
    /// The record of this installation that arrived last at the server, as the server told it; from an older server, the record at the
    /// highest place. If the server does not hold this record it lost something.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acknowledged: Option<Anchor>,
    /// Most states wanted in the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<i64>,
    /// The changes, in the order in which they are to be applied.
    pub changes: Vec<Change>,
}

/// What became of a change, as the server says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, FromJson)]
#[serde(rename_all = "snake_case")]
pub enum WireOutcome {
    /// It took effect.
    Applied,
    /// The server had it already. `first` says what became of it then.
    Duplicate,
    /// A grant without effect, because its giver could not see a withdrawal.
    StaleGrant,
    /// The server refuses it. `reason` says why.
    Rejected,
}

/// What the server says of one change.
#[derive(Clone, PartialEq, Eq, Serialize, FromJson)]
pub struct ChangeResult {
    /// The operation of the change.
    pub op: String,
    /// What became of it.
    pub outcome: WireOutcome,
    /// For a duplicate: what became of it the first time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first: Option<WireOutcome>,
    /// The number that a withdrawal was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub epoch: Option<i64>,
    /// Stable code of the cause: `fork`, `bad_hash`, `other_bytes`, …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// The server's state of one purpose.
#[derive(Clone, PartialEq, Eq, Serialize, FromJson)]
pub struct WireState {
    /// The purpose.
    pub purpose: String,
    /// The answer that counts.
    pub status: Status,
    /// The name of the numbering that the numbers below belong to.
    #[serde(rename = "history")]
    pub numbering: String,
    /// The highest withdrawal number.
    pub epoch: i64,
    /// The revision of the subject at which this state last changed: each change of the subject has the next revision. A cursor names one.
    pub revision: i64,
    /// The operation of the choice that gave this answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub op: Option<String>,
    /// That choice's record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<String>,
    /// The newest withdrawals, oldest first, at most [`MAX_LISTED_WITHDRAWALS`].
    #[serde(default)]
    pub withdrawals: Vec<Withdrawal>,
    /// The mark of the number below the first one listed, where older ones are left out. From it the reader works out the other marks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<Mark>,
}

/// The answer to `POST /v1/sync`.
#[derive(Clone, PartialEq, Eq, Serialize, FromJson)]
pub struct SyncResponse {
    /// One result for each change that the server decided on.
    pub results: Vec<ChangeResult>,
    /// The states that changed since the cursor in the request.
    pub states: Vec<WireState>,
    /// The name of the subject's numbering.
    #[serde(rename = "history")]
    pub numbering: String,
    /// Where this pull ended. The next request sends it back.
    pub cursor: String,
    /// True where more states wait behind the cursor.
    #[serde(default)]
    pub more: bool,
    /// The highest place of this installation that the server holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub anchor: Option<Anchor>,
    /// The record of this installation that arrived last at the server, whatever its place. A server that holds it holds all that arrived
    /// before it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_arrived: Option<Anchor>,
    /// True where the server, before it applied this request, did not hold the record that the request says was acknowledged: it lost that
    /// record, and perhaps more. Older servers do not say so; there a lower anchor shows it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub lost: bool,
    /// The policy the server has in force.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<PolicyRef>,
    /// The edition of it that is announced next, where one is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub announced: Option<PolicyRef>,
    /// The time by the server's clock, RFC 3339. It is evidence only and decides nothing.
    pub server_time: String,
}

/// The request `POST /v1/installs`: it registers an installation.
#[derive(Clone, PartialEq, Eq, Serialize, FromJson)]
pub struct InstallRequest {
    /// The installation.
    pub install: String,
    /// The installation's key in hex, which its name is a hash of; absent for a name that was given before there were keys.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proof: Option<String>,
}

/// The answer to `POST /v1/installs`.
#[derive(Clone, PartialEq, Eq, Serialize, FromJson)]
pub struct InstallResponse {
    /// The installation's own token. With it the device's own answers are sent, and withdrawals for an account after its sign-out.
    pub token: String,
}

/// Code of a change that is refused because the sender showed an account's token and no proof of being the installation.
pub const UNPROVEN: &str = "unproven";

/// Code of a refused registration: the installation is in use, and its token was not shown. Only names that were given before there were
/// keys are refused so; any other is registered again by its key, and gets its token again.
pub const ALREADY_REGISTERED: &str = "already_registered";

/// The body of an answer that is no 2xx.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromJson)]
pub struct Refusal {
    /// What was wrong.
    pub error: RefusalError,
}

/// What was wrong with a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromJson)]
pub struct RefusalError {
    /// Stable code.
    pub code: String,
}

silent!(Change, SyncRequest, WireState, SyncResponse, InstallRequest, InstallResponse, ChangeResult);

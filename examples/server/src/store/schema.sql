CREATE TABLE setting (
    name  TEXT PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE install (
    install       TEXT PRIMARY KEY,
    token         BLOB NOT NULL UNIQUE,        -- SHA-256 of the token
    registered_at INTEGER NOT NULL,
    used          INTEGER NOT NULL DEFAULT 0,  -- 1 once a change of it was taken up: from then on the token is not given anew
    signals       TEXT,                        -- the platform's last word there
    signals_seq   INTEGER NOT NULL DEFAULT 0   -- and the place of the record that brought it
) STRICT, WITHOUT ROWID;

-- The highest acknowledged place of an installation that numberings were renewed for; it may go on naming that place.
CREATE TABLE renewal (
    install TEXT PRIMARY KEY,
    seq     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE subject (
    id        INTEGER PRIMARY KEY,
    subject   TEXT NOT NULL UNIQUE,
    reference TEXT NOT NULL,                   -- what records written by this server name
    history   TEXT NOT NULL,
    revision  INTEGER NOT NULL DEFAULT 0,
    install   TEXT                             -- for device: and anonymous: the installation that used it first
) STRICT;

CREATE TABLE reference (
    reference TEXT PRIMARY KEY,
    subject   INTEGER NOT NULL REFERENCES subject (id)
) STRICT, WITHOUT ROWID;

CREATE TABLE link (
    install   TEXT NOT NULL,
    subject   INTEGER NOT NULL REFERENCES subject (id),
    linked_at INTEGER NOT NULL,
    PRIMARY KEY (install, subject)
) STRICT, WITHOUT ROWID;

CREATE TABLE state (
    subject  INTEGER NOT NULL REFERENCES subject (id),
    purpose  TEXT NOT NULL,
    status   TEXT NOT NULL,
    op       TEXT,
    revision INTEGER NOT NULL,
    PRIMARY KEY (subject, purpose)
) STRICT, WITHOUT ROWID;
CREATE INDEX state_revision ON state (subject, revision);

CREATE TABLE withdrawal (
    subject INTEGER NOT NULL REFERENCES subject (id),
    purpose TEXT NOT NULL,
    epoch   INTEGER NOT NULL,
    op      TEXT NOT NULL,
    PRIMARY KEY (subject, purpose, epoch)
) STRICT, WITHOUT ROWID;

-- Every change that was taken up, with its record and what became of it. Grants without effect stay as evidence.
CREATE TABLE operation (
    id          INTEGER PRIMARY KEY,
    op          TEXT NOT NULL UNIQUE,
    fingerprint BLOB NOT NULL,                 -- tells the same operation from another one under its name
    subject     INTEGER NOT NULL REFERENCES subject (id),
    sender      TEXT NOT NULL,                 -- the installation that sent it; a copied record names another one
    install     TEXT NOT NULL,
    seq         INTEGER NOT NULL,
    salt        BLOB NOT NULL,
    prev        BLOB NOT NULL,
    hash        BLOB NOT NULL,
    kind        TEXT NOT NULL,
    record      TEXT NOT NULL,
    outcome     TEXT NOT NULL,
    reason      TEXT,
    epoch       INTEGER,
    received_at INTEGER NOT NULL
) STRICT;
CREATE INDEX operation_place ON operation (install, seq);
CREATE INDEX operation_subject ON operation (subject, id);
CREATE INDEX operation_hash ON operation (hash);

-- After the system's opt-out: what was linked to this installation is dropped.
CREATE TABLE linked_drop (
    id         INTEGER PRIMARY KEY,
    install    TEXT NOT NULL,
    subject    INTEGER NOT NULL REFERENCES subject (id),
    cause      TEXT NOT NULL,
    dropped_at INTEGER NOT NULL
) STRICT;
CREATE INDEX linked_drop_install ON linked_drop (install, id);

CREATE TABLE decision (
    decision_id TEXT PRIMARY KEY,
    subject     TEXT NOT NULL,
    policy      TEXT NOT NULL,
    version     TEXT NOT NULL,
    edition     INTEGER NOT NULL,
    channel     TEXT NOT NULL,
    kind        TEXT NOT NULL,
    at          INTEGER NOT NULL,
    asked_at    INTEGER NOT NULL,
    allowed     INTEGER NOT NULL,
    reasons     TEXT NOT NULL,
    op          TEXT                           -- the choice that it stood on
) STRICT, WITHOUT ROWID;

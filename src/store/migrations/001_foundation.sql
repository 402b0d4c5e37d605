-- The ledger: exact bytes and salt (both NULL once erased), and the hash that chains them.
CREATE TABLE ledger (
  seq  INTEGER PRIMARY KEY,
  salt BLOB,
  body BLOB,
  leaf BLOB NOT NULL,
  hash BLOB NOT NULL
) STRICT;

-- The fold of the ledger: one row a key, and one head row for the rest.
CREATE TABLE state (
  subject TEXT NOT NULL,
  purpose TEXT NOT NULL,
  value   TEXT NOT NULL,
  PRIMARY KEY (subject, purpose)
) STRICT, WITHOUT ROWID;

CREATE TABLE head (
  id      INTEGER PRIMARY KEY CHECK (id = 1),
  seq     INTEGER NOT NULL,
  hash    BLOB NOT NULL,
  pending INTEGER NOT NULL,
  state   TEXT NOT NULL,
  root    BLOB NOT NULL
) STRICT;

-- What waits to be sent. The record itself is in the ledger.
CREATE TABLE outbox (
  seq      INTEGER PRIMARY KEY,
  subject  TEXT NOT NULL,
  purpose  TEXT NOT NULL,
  kind     TEXT NOT NULL,
  op       TEXT NOT NULL,
  lowers   INTEGER NOT NULL,
  stuck    TEXT,
  retry_at INTEGER
) STRICT;
CREATE INDEX outbox_key ON outbox (subject, purpose, seq);
CREATE INDEX outbox_lowers ON outbox (subject, purpose, seq) WHERE lowers;
CREATE INDEX outbox_stuck ON outbox (subject, purpose, seq) WHERE stuck IS NOT NULL;

-- What a subject reference stands for, and where its last pull ended.
CREATE TABLE subject (
  reference TEXT PRIMARY KEY,
  account   TEXT UNIQUE,
  cursor    TEXT
) STRICT, WITHOUT ROWID;

-- Every policy that was in force here, to read old records by.
CREATE TABLE policy (
  edition  INTEGER PRIMARY KEY,
  document TEXT NOT NULL
) STRICT;

-- Secrets and the uploader's memory: none of it is part of the state.
CREATE TABLE setting (
  name  TEXT PRIMARY KEY,
  value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

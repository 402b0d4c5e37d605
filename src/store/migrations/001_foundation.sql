-- The ledger: exact bytes and salt (both NULL once erased), and the hash that chains them. The last record of each transaction
-- bears how many changes waited then, and the root over everything that follows from the records.
CREATE TABLE ledger (
  seq     INTEGER PRIMARY KEY,
  pending INTEGER,
  root    BLOB,
  leaf    BLOB NOT NULL,
  hash    BLOB NOT NULL,
  salt    BLOB,
  body    BLOB
) STRICT;

-- The keys: a purpose of a subject. A group of changes that belong to no purpose is one of them.
CREATE TABLE key (
  id      INTEGER PRIMARY KEY,
  subject TEXT NOT NULL,
  purpose TEXT NOT NULL,
  UNIQUE (subject, purpose)
) STRICT;

-- The fold of the ledger: one row a key, and one (of no key) for the rest. Behind the row of a key, newest first, what of it waits to
-- be sent: a choice changes both, and so it writes one page of this table and one of the ledger.
-- `place` is where the record that waits stands in the ledger, and past every record in the rows of the fold.
-- `lowered` is the place of the key's newest refusal or withdrawal up to this row, 0 where there is none.
CREATE TABLE state (
  key      INTEGER NOT NULL,
  place    INTEGER NOT NULL,
  value    TEXT,
  kind     TEXT,
  op       BLOB,
  lowered  INTEGER,
  stuck    TEXT,
  retry_at INTEGER,
  PRIMARY KEY (key, place DESC)
) STRICT, WITHOUT ROWID;
CREATE INDEX state_stuck ON state (key, place) WHERE stuck IS NOT NULL;

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

-- Numbers and cursors are tied to operations: the mark of each number is filled in by `marks.rs`, in the same transaction.
ALTER TABLE withdrawal ADD COLUMN mark BLOB;
CREATE INDEX withdrawal_op ON withdrawal (subject, purpose, op);

-- The head of each revision of a subject. What came before this table is not known any more, so it begins with a random head.
CREATE TABLE step (
    subject  INTEGER NOT NULL REFERENCES subject (id),
    revision INTEGER NOT NULL,
    head     BLOB NOT NULL,
    PRIMARY KEY (subject, revision)
) STRICT, WITHOUT ROWID;
INSERT INTO step (subject, revision, head) SELECT id, revision, randomblob(8) FROM subject WHERE revision > 0;

-- The head in a cursor shows a loss to every subject that was told of it, so what was acknowledged renews nothing any more.
DROP TABLE renewal;
DROP TABLE renewed;

-- Names of operations are a subject's own: nobody can take one for somebody else. And only what an installation proved to have sent
-- itself takes a place of its ledger.
ALTER TABLE operation RENAME TO former;
CREATE TABLE operation (
    id          INTEGER PRIMARY KEY,
    op          TEXT NOT NULL,
    fingerprint BLOB NOT NULL,                 -- tells the same operation from another one under its name
    subject     INTEGER NOT NULL REFERENCES subject (id),
    sender      TEXT NOT NULL,                 -- the installation that sent it; a copied record names another one
    install     TEXT NOT NULL,
    seq         INTEGER NOT NULL,
    placed      INTEGER NOT NULL,              -- 1 where it holds its place in the installation's ledger
    salt        BLOB NOT NULL,
    prev        BLOB NOT NULL,
    hash        BLOB NOT NULL,
    kind        TEXT NOT NULL,
    record      TEXT NOT NULL,
    outcome     TEXT NOT NULL,
    reason      TEXT,
    epoch       INTEGER,
    received_at INTEGER NOT NULL,
    UNIQUE (subject, op)
) STRICT;
INSERT INTO operation (id, op, fingerprint, subject, sender, install, seq, placed, salt, prev, hash, kind, record, outcome, reason, epoch, received_at)
    SELECT id, op, fingerprint, subject, sender, install, seq, sender = install, salt, prev, hash, kind, record, outcome, reason, epoch, received_at
    FROM former;

-- Whose operation a state stands on: a merge brings one of an anonymous person along.
ALTER TABLE state ADD COLUMN origin INTEGER;
UPDATE state SET origin = (SELECT subject FROM former WHERE former.op = state.op);
DROP TABLE former;
CREATE INDEX operation_place ON operation (install, seq) WHERE placed = 1;
CREATE INDEX operation_subject ON operation (subject, id);

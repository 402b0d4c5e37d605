-- Which subjects were given a new numbering after an installation's loss: each once, also one that the loss had unlinked.
CREATE TABLE renewed (
    install TEXT NOT NULL,
    subject INTEGER NOT NULL REFERENCES subject (id),
    seq     INTEGER NOT NULL,                  -- the acknowledged place that showed the loss
    PRIMARY KEY (install, subject)
) STRICT, WITHOUT ROWID;

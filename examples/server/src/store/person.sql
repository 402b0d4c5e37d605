-- What each installation said of a person: the age band and the guardian belong to the person, not to the device.
CREATE TABLE person_signal (
    subject INTEGER NOT NULL REFERENCES subject (id),
    install TEXT NOT NULL,                     -- the installation that recorded it
    seq     INTEGER NOT NULL,                  -- and the place of its record there: an older one that comes late changes nothing
    signals TEXT NOT NULL,
    told    INTEGER NOT NULL,                  -- counts the words on this person as they came in: the last one counts
    PRIMARY KEY (subject, install)
) STRICT, WITHOUT ROWID;

-- Which platform an installation runs on: whether tracking has to be permitted there hangs on it.
ALTER TABLE install ADD COLUMN platform TEXT;

-- The place of the last record that told of another advertising id there: what was agreed to before it was about another id.
ALTER TABLE install ADD COLUMN ad_id_changed INTEGER NOT NULL DEFAULT 0;

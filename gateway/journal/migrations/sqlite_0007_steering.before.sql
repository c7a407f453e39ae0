-- What operators have set for channels and products, as it stands; what was set before is in audits.
CREATE TABLE steering (
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    value TEXT,
    actor TEXT NOT NULL,
    client TEXT,
    reason TEXT NOT NULL,
    at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (kind, name)
) STRICT, WITHOUT ROWID;

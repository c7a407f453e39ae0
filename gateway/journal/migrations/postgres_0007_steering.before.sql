-- What operators have set for channels and products, as it stands; what was set before is in audits.
CREATE TABLE steering (
    kind TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    value TEXT COLLATE "C",
    actor TEXT COLLATE "C" NOT NULL,
    client TEXT COLLATE "C",
    reason TEXT COLLATE "C" NOT NULL,
    at BIGINT NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (kind, name)
);

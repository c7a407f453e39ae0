-- What was sold of products that have a promised volume or a daily quota, per day, channel and gateway.
CREATE TABLE tallies (
    product TEXT NOT NULL,
    day TEXT NOT NULL,
    channel TEXT NOT NULL,
    currency TEXT NOT NULL,
    writer TEXT NOT NULL,
    policies INTEGER NOT NULL,
    premium INTEGER NOT NULL,
    PRIMARY KEY (product, day, channel, currency, writer)
) STRICT, WITHOUT ROWID;

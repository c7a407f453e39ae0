-- What was sold of products that have a promised volume or a daily quota, per day, channel and gateway.
CREATE TABLE tallies (
    product TEXT COLLATE "C" NOT NULL,
    day TEXT COLLATE "C" NOT NULL,
    channel TEXT COLLATE "C" NOT NULL,
    currency TEXT COLLATE "C" NOT NULL,
    writer TEXT COLLATE "C" NOT NULL,
    policies BIGINT NOT NULL,
    premium BIGINT NOT NULL,
    PRIMARY KEY (product, day, channel, currency, writer)
);

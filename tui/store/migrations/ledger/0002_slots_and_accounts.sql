-- Counts by the hour, under names that stood for the place of a credential, not for itself.
DROP TABLE calls;

CREATE TABLE calls (
    account TEXT NOT NULL,
    slot INTEGER NOT NULL,      -- the end of the time they were made in; slots differ in length
    calls INTEGER NOT NULL,
    checksum INTEGER NOT NULL,
    PRIMARY KEY (account, slot)
);

-- What makes digests of credentials worth nothing elsewhere. One row.
CREATE TABLE salt (
    n INTEGER PRIMARY KEY,      -- 1
    value TEXT NOT NULL,        -- random bytes, in hex
    checksum INTEGER NOT NULL
);

-- Whose calls they were when a credential was last read.
CREATE TABLE accounts (
    origin TEXT PRIMARY KEY,    -- a digest of where the credential came from, or a queue
    account TEXT NOT NULL,
    checksum INTEGER NOT NULL
);

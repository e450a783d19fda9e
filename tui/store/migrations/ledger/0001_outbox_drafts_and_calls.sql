-- Every row ends in a checksum of what stands before it.

CREATE TABLE intents (
    id TEXT PRIMARY KEY,
    queue TEXT NOT NULL,        -- vendor, origin and place, as JSON
    workspace TEXT NOT NULL,    -- what it was called then
    at INTEGER NOT NULL,        -- microseconds since 1970, like every time here
    content TEXT NOT NULL,      -- the draft's values, as JSON
    state TEXT,                 -- NULL: not answered yet
    message TEXT,
    ticket TEXT,                -- the vendor's id of what was created
    resolved INTEGER,
    checksum INTEGER NOT NULL
);

CREATE TABLE drafts (
    queue TEXT PRIMARY KEY,
    workspace TEXT NOT NULL,
    at INTEGER NOT NULL,
    content TEXT NOT NULL,
    checksum INTEGER NOT NULL
);

CREATE TABLE calls (
    account TEXT NOT NULL,
    hour INTEGER NOT NULL,      -- hours since 1970
    calls INTEGER NOT NULL,
    checksum INTEGER NOT NULL,
    PRIMARY KEY (account, hour)
);

CREATE TABLE turns (
    account TEXT PRIMARY KEY,
    next INTEGER NOT NULL,      -- when its next call would come at the rate limit's even pace
    checksum INTEGER NOT NULL
);

-- Rows that were not as they were written.
CREATE TABLE set_apart (
    n INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    origin TEXT NOT NULL,
    content TEXT NOT NULL
);

-- What people did here to tickets, an act on a ticket a row. Rows are added, never changed.
CREATE TABLE acts (
    n INTEGER PRIMARY KEY AUTOINCREMENT,
    batch TEXT NOT NULL,        -- what was done at once and is taken back at once
    queue TEXT NOT NULL,        -- vendor, origin and place, as JSON
    ticket TEXT NOT NULL,       -- the vendor's id
    kind TEXT NOT NULL,
    viewer TEXT NOT NULL,       -- who did it
    at INTEGER NOT NULL,
    until INTEGER,              -- when a snooze ends at the latest
    text TEXT,                  -- of a note
    status TEXT,                -- how the ticket was when it was snoozed
    priority TEXT,
    overdue INTEGER,
    checksum INTEGER NOT NULL
);
CREATE INDEX acts_of_batch ON acts (batch);
CREATE INDEX acts_of_ticket ON acts (queue, ticket);

-- The batches that do not stand any more.
CREATE TABLE taken_back (
    n INTEGER PRIMARY KEY AUTOINCREMENT,
    batch TEXT NOT NULL UNIQUE,
    viewer TEXT NOT NULL,       -- who took it back
    at INTEGER NOT NULL,
    checksum INTEGER NOT NULL
);

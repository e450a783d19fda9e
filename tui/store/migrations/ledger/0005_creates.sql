-- Who it is for, and what the caller calls it, so that it is never created twice. What is NULL in
-- these columns is no part of the checksum: rows from before stay sound.
ALTER TABLE intents ADD COLUMN viewer TEXT;
ALTER TABLE intents ADD COLUMN key TEXT;
-- The kept draft that it was typed in.
ALTER TABLE intents ADD COLUMN draft TEXT;
-- Ids of tickets, as JSON: those that looked like it before it was sent, ...
ALTER TABLE intents ADD COLUMN known TEXT;
-- ... and those that might be it.
ALTER TABLE intents ADD COLUMN candidates TEXT;
-- 1: the outcome is what reading the vendor's tickets to the end told.
ALTER TABLE intents ADD COLUMN looked INTEGER;

CREATE INDEX open_intents ON intents (at) WHERE state IS NULL OR state = 'unknown';
CREATE INDEX intents_of_key ON intents (key) WHERE key IS NOT NULL;
CREATE INDEX intents_of_draft ON intents (draft) WHERE draft IS NOT NULL;
CREATE INDEX intents_of_ticket ON intents (queue, ticket) WHERE ticket IS NOT NULL;

-- Until when some process sends an intent or looks for its ticket. Apart from the intents, because
-- it is written every few seconds.
CREATE TABLE holds (
    intent TEXT PRIMARY KEY,
    until INTEGER NOT NULL,
    checksum INTEGER NOT NULL
);

-- There was one for each queue, and nothing ever kept any.
DROP TABLE drafts;

CREATE TABLE drafts (
    viewer TEXT NOT NULL,
    id TEXT NOT NULL,
    queue TEXT NOT NULL,
    workspace TEXT NOT NULL,
    at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    origin TEXT NOT NULL,   -- the id it began under: two versions of one draft may be kept
    content TEXT NOT NULL,  -- texts by the vendor's keys, as JSON
    checksum INTEGER NOT NULL,
    PRIMARY KEY (viewer, id)
);

-- What people chose for their last new tickets.
CREATE TABLE remembered (
    viewer TEXT NOT NULL,
    queue TEXT NOT NULL,
    workspace TEXT NOT NULL,
    at INTEGER NOT NULL,
    content TEXT NOT NULL,  -- values by the vendor's keys, as JSON
    checksum INTEGER NOT NULL,
    PRIMARY KEY (viewer, queue)
);

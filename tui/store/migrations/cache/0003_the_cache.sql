-- The first migration there is: files of the versions before it are begun anew. Strict, so that no
-- cell is ever of another type than its readers take it for: SQLite refuses such a write, and finds
-- such a cell by its check on opening.

-- A queue at a vendor. What a configuration calls it is no part of it.
CREATE TABLE queues (
    queue INTEGER PRIMARY KEY,
    vendor TEXT NOT NULL,
    origin TEXT NOT NULL,
    place TEXT NOT NULL,
    health BLOB,
    -- Microseconds since 1970, like every time here. Readers that never write rely on these two.
    as_of INTEGER CHECK (as_of BETWEEN -62135596800000000 AND 253402300799999999),
    late_at INTEGER CHECK (late_at BETWEEN -62135596800000000 AND 253402300799999999),
    state TEXT,
    begun INTEGER,      -- the last change of the first complete sweep: what follows is news
    epoch TEXT NOT NULL DEFAULT (lower(hex(randomblob(16)))),   -- another one when it was purged
    UNIQUE (vendor, origin, place)
) STRICT;

CREATE TABLE tickets (
    queue INTEGER NOT NULL REFERENCES queues,
    id TEXT NOT NULL,
    content BLOB NOT NULL,
    checksum INTEGER NOT NULL,
    status TEXT NOT NULL,
    closed INTEGER NOT NULL,
    rank INTEGER NOT NULL,      -- of the priority, 0 the most pressing
    due INTEGER,
    flagged INTEGER NOT NULL,   -- the vendor says that it is overdue
    created INTEGER,
    texts INTEGER NOT NULL,     -- stands for the texts where they are not stored
    UNIQUE (queue, id)
) STRICT;
-- Roughly the order of urgency, which depends on the time of day.
CREATE INDEX tickets_by_urgency
ON tickets (closed, rank, ifnull(due, 9223372036854775807), created);
-- What a count reads: it must not go through every ticket's content.
CREATE INDEX open_tickets ON tickets (queue, due, flagged, rank) WHERE NOT closed;

-- When a ticket was last shown to us, and by how many complete sweeps it was missed since.
-- Apart from the tickets, because every sweep rewrites it.
CREATE TABLE sightings (
    queue INTEGER NOT NULL,
    id TEXT NOT NULL,
    confirmed INTEGER NOT NULL,
    misses INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (queue, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE changes (
    n INTEGER PRIMARY KEY AUTOINCREMENT,
    queue INTEGER NOT NULL,
    id TEXT NOT NULL,
    at INTEGER NOT NULL,
    was TEXT,       -- the status before; NULL: the ticket was not there
    became TEXT,    -- the status after; NULL: it is not there any more
    checksum INTEGER,
    confirmed INTEGER,      -- of a removed ticket
    before BLOB     -- the content before; last, so that others need not read it
) STRICT;
-- Finds a ticket's next change. Additions are left out: they are what a first sync consists of.
CREATE INDEX changes_of_ticket ON changes (queue, id) WHERE was IS NOT NULL;

-- How many tickets were open and overdue at the first good poll of each quarter of an hour.
CREATE TABLE samples (
    queue INTEGER NOT NULL,
    quarter INTEGER NOT NULL,       -- quarters of an hour since 1970
    open INTEGER NOT NULL,
    overdue INTEGER NOT NULL,
    PRIMARY KEY (queue, quarter)
) STRICT, WITHOUT ROWID;

CREATE TABLE journal (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    epoch TEXT NOT NULL,
    pruned INTEGER NOT NULL DEFAULT 0,      -- the position before the oldest change that is kept
    now INTEGER NOT NULL DEFAULT 0,         -- the time of the transaction that writes
    has_texts INTEGER NOT NULL DEFAULT 0    -- texts of customers were written
) STRICT;
INSERT INTO journal (one, epoch) VALUES (1, lower(hex(randomblob(16))));

-- The revision of a change is given out by the transaction that makes it.
CREATE TRIGGER ticket_added AFTER INSERT ON tickets BEGIN
    INSERT INTO changes (queue, id, at, was, became)
    VALUES (new.queue, new.id, (SELECT now FROM journal), NULL, new.status);
END;
CREATE TRIGGER ticket_changed AFTER UPDATE ON tickets BEGIN
    INSERT INTO changes (queue, id, at, was, became, checksum, before)
    VALUES (
        new.queue, new.id, (SELECT now FROM journal), old.status, new.status,
        old.checksum, old.content
    );
END;
CREATE TRIGGER ticket_removed AFTER DELETE ON tickets BEGIN
    INSERT INTO changes (queue, id, at, was, became, checksum, confirmed, before)
    VALUES (
        old.queue, old.id, (SELECT now FROM journal), old.status, NULL, old.checksum,
        (SELECT confirmed FROM sightings WHERE queue = old.queue AND id = old.id),
        old.content
    );
    DELETE FROM sightings WHERE queue = old.queue AND id = old.id;
END;

-- Which process polls a queue. The token grows with every holder, so that the writes of one that
-- was taken for dead are told from its successor's.
CREATE TABLE leases (
    queue INTEGER PRIMARY KEY REFERENCES queues,
    owner TEXT,
    token INTEGER NOT NULL,
    heartbeat INTEGER NOT NULL,
    asked INTEGER,      -- when somebody last asked for a poll
    watched INTEGER     -- when somebody last looked at the queue
) STRICT;

-- What the last polls of each queue came to.
CREATE TABLE polls (
    n INTEGER PRIMARY KEY AUTOINCREMENT,
    queue INTEGER NOT NULL REFERENCES queues,
    at INTEGER NOT NULL,
    took REAL NOT NULL,     -- seconds
    calls INTEGER NOT NULL,
    size INTEGER NOT NULL,  -- bytes
    is_sweep INTEGER NOT NULL,
    changes INTEGER NOT NULL,
    error TEXT
) STRICT;
CREATE INDEX polls_of_queue ON polls (queue, n);

-- The change up to which a person has seen all of a queue, and the tickets seen since.
CREATE TABLE viewers (
    viewer TEXT NOT NULL,
    queue INTEGER NOT NULL REFERENCES queues,
    epoch TEXT NOT NULL,
    seen INTEGER NOT NULL,
    PRIMARY KEY (viewer, queue)
) STRICT, WITHOUT ROWID;
CREATE TABLE seen (
    viewer TEXT NOT NULL,
    queue INTEGER NOT NULL,
    id TEXT NOT NULL,
    n INTEGER NOT NULL,     -- the ticket's last change that was seen
    PRIMARY KEY (viewer, queue, id)
) STRICT, WITHOUT ROWID;

-- What the fields of a form can be set to, by the name of the list.
CREATE TABLE choices (
    queue INTEGER NOT NULL REFERENCES queues,
    lookup TEXT NOT NULL,
    as_of INTEGER NOT NULL,
    content BLOB NOT NULL,
    checksum INTEGER NOT NULL,
    PRIMARY KEY (queue, lookup)
) STRICT, WITHOUT ROWID;

-- The fields that a tenant has defined.
CREATE TABLE tenant_fields (
    queue INTEGER PRIMARY KEY REFERENCES queues,
    as_of INTEGER NOT NULL,
    content BLOB NOT NULL,
    checksum INTEGER NOT NULL
) STRICT;

-- What the fields of a form can be set to, by the name of the list.
CREATE TABLE choices (
    queue INTEGER NOT NULL REFERENCES queues,
    lookup TEXT NOT NULL,
    as_of INTEGER NOT NULL,
    content BLOB NOT NULL,
    checksum INTEGER NOT NULL,
    PRIMARY KEY (queue, lookup)
) WITHOUT ROWID;

-- The fields that a tenant has defined.
CREATE TABLE tenant_fields (
    queue INTEGER PRIMARY KEY REFERENCES queues,
    as_of INTEGER NOT NULL,
    content BLOB NOT NULL,
    checksum INTEGER NOT NULL
);

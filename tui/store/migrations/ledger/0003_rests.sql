-- Until when a vendor asked the calls of an account to wait.
CREATE TABLE rests (
    account TEXT PRIMARY KEY,
    until INTEGER NOT NULL,
    checksum INTEGER NOT NULL
);

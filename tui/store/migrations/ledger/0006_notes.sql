-- What a note stands beside that is not written yet: queues and the vendors' ids, as JSON. NULL
-- where the draft is one of a new ticket, and then no part of the checksum.
ALTER TABLE drafts ADD COLUMN tickets TEXT;

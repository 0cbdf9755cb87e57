-- Whether a recipient may have a delivery: one that nobody ever tried to hand over, it cannot have. PostgreSQL 15 and newer.
--
-- attempted: claimed once at least, or given a place in a feed; a replay, which starts the attempts anew, leaves it as it is.

ALTER TABLE delivery ADD COLUMN attempted boolean NOT NULL DEFAULT false;
UPDATE delivery SET attempted = true;  -- of those that are older nobody knows any more

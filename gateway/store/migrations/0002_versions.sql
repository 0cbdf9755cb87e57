-- Versions of a list: what changed since the one before, which one counts, and what a line's exports look like.
-- PostgreSQL 15 and newer.

-- listed: persons on the list once this version has been taken in; a change to some persons leaves the others on it.
-- outdated: a newer list of the series was here already, so this one counts for nothing.
-- changes: against_version and how many persons were added, removed, changed, unchanged.

ALTER TABLE manifest
    ADD COLUMN listed integer,
    ADD COLUMN outdated boolean NOT NULL DEFAULT false,
    ADD COLUMN changes jsonb;
UPDATE manifest SET listed = CASE WHEN function IN ('change', 'cancel') THEN 0 ELSE persons END;
ALTER TABLE manifest ALTER COLUMN listed SET NOT NULL;


-- The version of a series that counts now, as the next one is compared with it: keyed digests and their key, sealed
-- together. One row a series; retention ends by setting `wrapped` to NULL.

CREATE TABLE series_current (
    series          text PRIMARY KEY,
    received_at     timestamptz NOT NULL,
    sealed          bytea NOT NULL,
    wrapped         bytea,
    key_id          text NOT NULL
);

ALTER TABLE series_current ALTER COLUMN sealed SET STORAGE EXTERNAL;


-- What the lists of a line look like: columns, shares, sizes. Nothing of a person.

CREATE TABLE list_shape (
    manifest_id     uuid PRIMARY KEY REFERENCES manifest,
    carrier         text NOT NULL,
    kind            text NOT NULL,
    arrival         bigint NOT NULL,
    received_at     timestamptz NOT NULL,
    shape           jsonb NOT NULL
);

CREATE INDEX list_shape_of_carrier ON list_shape (carrier, kind, arrival);

-- What happened to the persons on board of a sailing, as numbers. PostgreSQL 15 and newer.
--
-- Nothing here is about a person: a kind, how many, when, who told it, a reason out of a closed list. A correction is another row with the same
-- id and a higher revision; nothing is changed.

CREATE TABLE call_event (
    id              uuid NOT NULL,
    revision        integer NOT NULL CHECK (revision > 0),
    call_id         text NOT NULL REFERENCES call,
    kind            text NOT NULL CHECK (kind IN (
        'boarded', 'late-boarder', 'no-show', 'stowaway', 'birth', 'death', 'left-ashore', 'disembarked', 'recount')),
    at              timestamptz NOT NULL,
    persons         integer NOT NULL CHECK (persons >= 0),
    by              text NOT NULL,                      -- the kind and the id of who told it
    reported_at     timestamptz NOT NULL,
    reason          text,
    withdrawn       boolean NOT NULL,
    key_hash        bytea,                              -- its Idempotency-Key, keyed
    PRIMARY KEY (id, revision),
    UNIQUE (by, key_hash)
);

CREATE INDEX call_event_of_call ON call_event (call_id);

-- What recipients answer to a delivery, at once or later. PostgreSQL 15 and newer.
--
-- The answer itself is sealed: its words may name a person. Readable once it is read: the verdict. A claim counts the attempt and
-- moves run_at to the end of its lease, as in the other queues.

CREATE TABLE response (
    id              uuid PRIMARY KEY,
    delivery_id     uuid REFERENCES delivery,           -- NULL: it names no delivery of ours
    channel         text NOT NULL,                      -- the transport it came by
    received_at     timestamptz NOT NULL,
    sealed          bytea NOT NULL,
    wrapped         bytea,
    key_id          text NOT NULL,
    state           text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'read', 'given-up')),
    attempts        integer NOT NULL DEFAULT 0,
    run_at          timestamptz NOT NULL DEFAULT now(),
    verdict         text                                -- accepted, conditional, rejected, incomplete; NULL: it says none, or is a receipt
);

ALTER TABLE response ALTER COLUMN sealed SET STORAGE EXTERNAL;

CREATE INDEX response_due ON response (run_at, id) WHERE state = 'waiting';
CREATE INDEX response_of_delivery ON response (delivery_id, received_at);

-- A recipient's receipt stood here as it came, and it could say anything: it is an answer like the others now.

ALTER TABLE delivery DROP COLUMN recipient_receipt;

-- Deliveries that can be made again, recipients that are paused, lists passed on by decision. PostgreSQL 15 and newer.

-- lists, handling: what of the manifest is in the envelope, and the terms that went with it. They outlive the register.
-- sealed_to: the fingerprint of the recipient's key. NULL in rows that are older than this migration.
-- transfer_id, sent_until: the decision under which a list is passed on, and its last day, where no entry of the register
-- owes it.

CREATE TABLE transfer (
    id              uuid PRIMARY KEY,
    requester       text NOT NULL,                      -- the recipient that asks
    holder          text NOT NULL,                      -- the recipient that has the list
    delivery        uuid,                               -- what is asked for: a delivery to the holder,
    imo             text,                               -- or those of a ship that came into a port about a day
    arrival_port    text,
    day             date,
    form            text NOT NULL,
    purposes        text[] NOT NULL,
    legal_basis     text NOT NULL,
    asked_at        timestamptz NOT NULL,
    state           text NOT NULL DEFAULT 'asked' CHECK (state IN ('asked', 'granted', 'refused')),
    decision        text,                               -- the number of the originating authority's written decision
    decided_by      text,                               -- the operator that entered it
    decided_at      timestamptz,
    granted         text[],                             -- for which of the purposes
    reason          text,
    until           date,                               -- the last day on which a granted list may be sent
    CHECK ((delivery IS NULL) <> (imo IS NULL AND arrival_port IS NULL AND day IS NULL))
);

CREATE INDEX transfer_of_requester ON transfer (requester, asked_at);

ALTER TABLE delivery
    ADD COLUMN lists text[],
    ADD COLUMN handling jsonb,
    ADD COLUMN sealed_to text,
    ADD COLUMN transfer_id uuid REFERENCES transfer,
    ADD COLUMN sent_until date;

CREATE INDEX delivery_of_transfer ON delivery (transfer_id) WHERE transfer_id IS NOT NULL;

-- Whether an envelope may be sent as it is: sealed to the key that counts today, under entries in force today. Columns as
-- arguments, so that it is inlined: a whole row would be read with its envelope.

CREATE FUNCTION is_fresh(sealed_to text, route_id text, sent_until date, key text, routes text[], today date)
RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT sealed_to IS NULL OR coalesce(
        sealed_to = key
        AND CASE WHEN sent_until IS NULL THEN string_to_array(route_id, '+') <@ routes ELSE sent_until >= today END, false)
$$;

-- A paused recipient is sent nothing and reads nothing; what it is owed waits, in its order.

CREATE TABLE recipient_pause (
    recipient       text PRIMARY KEY,
    since           timestamptz NOT NULL,
    by              text NOT NULL,
    reason          text NOT NULL
);

CREATE INDEX delivery_accepted ON delivery (recipient, settled_at) WHERE state = 'accepted';

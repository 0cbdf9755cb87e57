-- What carriers are measured by, and what they may say against it. PostgreSQL 15 and newer.

-- quality: how many persons lack what, and by what they were read: counts, made when the list is processed. NULL in what is older.

ALTER TABLE manifest_part ADD COLUMN quality jsonb;

-- fault: whose affair a refusal is: the line's, or the gateway's. NULL: none, or older than this.

ALTER TABLE response ADD COLUMN fault text CHECK (fault IN ('carrier', 'gateway'));


-- When something that carriers depend on was down: a deadline within is held against nobody.

CREATE TABLE outage (
    id              uuid PRIMARY KEY,
    since           timestamptz NOT NULL,
    until           timestamptz NOT NULL CHECK (until > since),
    what            text NOT NULL,
    carrier         text,                               -- only for this one; NULL: for all
    declared_by     text NOT NULL,
    declared_at     timestamptz NOT NULL
);


-- How many persons the border or the gangway checked, and how many were as listed. The newest of a call counts.

CREATE TABLE reconciliation (
    call_id         text NOT NULL REFERENCES call,
    reported_at     timestamptz NOT NULL,
    checked         integer NOT NULL CHECK (checked > 0),
    agreed          integer NOT NULL CHECK (agreed BETWEEN 0 AND checked),
    by              text NOT NULL,
    PRIMARY KEY (call_id, reported_at)
);


-- A lost point that a carrier contests, and what the compliance desk decided.

CREATE TABLE contest (
    id              uuid PRIMARY KEY,
    carrier         text NOT NULL,
    metric          text NOT NULL,
    call_id         text NOT NULL REFERENCES call,
    obligation      text NOT NULL,
    lost_at         timestamptz NOT NULL,               -- when the point was lost: the period it belongs to
    reason          text NOT NULL,
    submission_id   uuid,                               -- the filing that should count, as the carrier says
    contested_at    timestamptz NOT NULL,
    state           text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'upheld', 'rejected')),
    decided_by      text,
    decided_at      timestamptz,
    decision        text,                               -- why, out of a closed list
    UNIQUE (metric, call_id, obligation)                -- a point is contested once
);

CREATE INDEX contest_of_carrier ON contest (carrier, contested_at);
CREATE INDEX contest_open ON contest (lost_at) WHERE state = 'open';


-- A period that is closed: its scores are what they were then, whatever comes later. digest: of the cards, as the log has it.

CREATE TABLE period (
    id              uuid PRIMARY KEY,
    since           timestamptz NOT NULL,
    until           timestamptz NOT NULL CHECK (until > since),
    closed_by       text NOT NULL,
    closed_at       timestamptz NOT NULL,
    terms           text NOT NULL,                      -- the edition of the terms
    cards           bytea NOT NULL,                     -- the cards of all carriers, JSON as it was digested
    digest          bytea NOT NULL CHECK (octet_length(digest) = 32),
    EXCLUDE USING gist (tstzrange(since, until) WITH &&)
);

CREATE TRIGGER period_change BEFORE UPDATE OR DELETE ON period FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER period_truncate BEFORE TRUNCATE ON period EXECUTE FUNCTION refuse_change();
CREATE TRIGGER call_event_change BEFORE UPDATE OR DELETE ON call_event FOR EACH ROW EXECUTE FUNCTION refuse_change();

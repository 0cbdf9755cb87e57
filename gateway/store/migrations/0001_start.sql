-- The tables the gateway starts with. PostgreSQL 15 and newer.
--
-- What belongs to a person is ciphertext: `sealed` under a data key of its own, `wrapped` that key for the gateway's
-- identity, `key_id` the identity. Retention ends by setting `wrapped` to NULL. Readable: ids, times, ports, vessel,
-- counts, finding codes.
--
-- Work queues (submission, delivery): a row whose run_at has come may be claimed. A claim counts the attempt, writes a
-- new lease and moves run_at to the lease's end, so that a crashed worker's row is free again without a sweeper;
-- only the holder of the lease may settle. Leases run on the database's clock alone.


-- What a shipping line sent, whole.

CREATE TABLE submission (
    id              uuid PRIMARY KEY,                   -- made by the receiver; stands in the receipt
    arrival         bigint GENERATED ALWAYS AS IDENTITY UNIQUE,  -- the order of receiving, which decides what is newer
    carrier         text NOT NULL,
    channel         text NOT NULL,
    sha256          bytea NOT NULL CHECK (octet_length(sha256) = 32),
    size            bigint NOT NULL,
    files           integer NOT NULL,
    received_at     timestamptz NOT NULL,
    options         jsonb NOT NULL,                     -- hints of format, list, call, purpose; nothing about a person
    sealed          bytea NOT NULL,
    wrapped         bytea,
    key_id          text NOT NULL,
    receipt         bytea NOT NULL,
    state           text NOT NULL DEFAULT 'received' CHECK (state IN ('received', 'processed', 'failed')),
    attempts        integer NOT NULL DEFAULT 0,
    run_at          timestamptz NOT NULL DEFAULT now(),
    lease           uuid,
    answer_sealed   bytea,
    answer_wrapped  bytea,
    answer_key_id   text,
    format          text,
    persons         integer,
    errors          integer,
    warnings        integer,
    processed_at    timestamptz,
    UNIQUE (carrier, sha256, options)                   -- the same file for another sailing is another submission
);

ALTER TABLE submission ALTER COLUMN sealed SET STORAGE EXTERNAL;  -- ciphertext does not compress: do not try
ALTER TABLE submission ALTER COLUMN answer_sealed SET STORAGE EXTERNAL;

CREATE INDEX submission_due ON submission (run_at, arrival) WHERE state = 'received';
CREATE INDEX submission_of_carrier ON submission (carrier, arrival);

-- Idempotency keys as keyed hashes, for as long as the submission is known. Several keys may mean one submission.

CREATE TABLE submission_key (
    carrier         text NOT NULL,
    key_hash        bytea NOT NULL,
    submission_id   uuid NOT NULL REFERENCES submission DEFERRABLE INITIALLY DEFERRED,
    PRIMARY KEY (carrier, key_hash)
);

CREATE TABLE finding_count (
    submission_id   uuid NOT NULL REFERENCES submission,
    code            text NOT NULL,
    severity        text NOT NULL CHECK (severity IN ('error', 'warning', 'info')),
    n               integer NOT NULL,
    PRIMARY KEY (submission_id, code, severity)
);


-- Expected port calls: what compliance is counted against.

CREATE TABLE call (
    id              text PRIMARY KEY,
    carrier         text NOT NULL,
    imo             text,
    departure_port  text NOT NULL,
    arrival_port    text NOT NULL,
    departs_at      timestamptz,                        -- as it was, else as it is planned
    arrives_at      timestamptz,
    data            jsonb NOT NULL,                     -- the whole ExpectedCall; the columns above are for finding it
    first_seen_at   timestamptz NOT NULL,
    changed_at      timestamptz NOT NULL
);

CREATE INDEX call_by_time ON call (coalesce(departs_at, arrives_at));

-- Every value a call's time ever had, so that a deadline can be judged by what was known when.

CREATE TABLE call_time (
    call_id         text NOT NULL REFERENCES call,
    name            text NOT NULL CHECK (name IN ('etd', 'eta', 'atd', 'ata', 'boarding_closed')),
    noted_at        timestamptz NOT NULL,
    value           timestamptz,
    source          text NOT NULL,
    PRIMARY KEY (call_id, name, noted_at)
);


-- One list as normalised, and the facts compliance is judged by.

CREATE TABLE manifest (
    id              uuid PRIMARY KEY,
    submission_id   uuid NOT NULL REFERENCES submission,
    number          integer NOT NULL,                   -- position in the submission, from 1
    arrival         bigint NOT NULL,                    -- its submission's
    call_id         text REFERENCES call,
    series          text NOT NULL,                      -- the lists that replace one another: call (or voyage) and kind
    version         integer NOT NULL,                   -- counts in its series, from 1
    carrier         text NOT NULL,
    kind            text NOT NULL,
    purposes        text[] NOT NULL,
    function        text NOT NULL,
    vessel_imo      text,
    vessel_name     text,
    voyage_number   text,
    departure_port  text,
    arrival_port    text,
    persons         integer NOT NULL,                   -- on the list
    passengers      integer NOT NULL,
    crew            integer NOT NULL,
    counts          jsonb NOT NULL DEFAULT '{}',        -- persons on board as declared
    missing         jsonb NOT NULL DEFAULT '{}',        -- field -> how many persons lack it
    errors          jsonb NOT NULL DEFAULT '{}',        -- field -> how many errors touch it
    deadlines       jsonb NOT NULL DEFAULT '{}',        -- obligation -> the deadline in force on receipt
    received_at     timestamptz NOT NULL,
    sealed          bytea NOT NULL,
    wrapped         bytea,
    key_id          text NOT NULL,
    UNIQUE (series, version),
    UNIQUE (submission_id, number)
);

ALTER TABLE manifest ALTER COLUMN sealed SET STORAGE EXTERNAL;

CREATE INDEX manifest_of_call ON manifest (call_id, received_at);
CREATE INDEX manifest_of_carrier ON manifest (carrier, received_at);
CREATE INDEX manifest_without_call ON manifest (received_at) WHERE call_id IS NULL;


-- What is owed to a recipient: an envelope only that recipient can open, kept until it has it.

CREATE TABLE delivery (
    id              uuid PRIMARY KEY,                   -- the same in every attempt: the recipient's duplicate check
    manifest_id     uuid NOT NULL REFERENCES manifest,
    recipient       text NOT NULL,
    route_id        text NOT NULL,
    form            text NOT NULL,
    purpose         text NOT NULL,
    legal_basis     text NOT NULL,
    media_type      text NOT NULL,
    envelope        bytea,                              -- NULL once retention ended
    sequence_key    text NOT NULL,                      -- within it an older one never follows a newer one
    arrival         bigint NOT NULL,
    version         integer NOT NULL,
    replaces        boolean NOT NULL,                   -- a whole list or a cancellation: older ones need not go any more
    state           text NOT NULL DEFAULT 'waiting'
                    CHECK (state IN ('waiting', 'accepted', 'refused', 'superseded', 'given-up')),
    attempts        integer NOT NULL DEFAULT 0,
    max_attempts    integer NOT NULL,
    run_at          timestamptz NOT NULL DEFAULT now(),
    lease           uuid,
    last_outcome    text,
    last_status     integer,
    recipient_receipt bytea,
    created_at      timestamptz NOT NULL DEFAULT now(),
    settled_at      timestamptz,
    feed_position   bigint                              -- given when a recipient that fetches first asks
);

ALTER TABLE delivery ALTER COLUMN envelope SET STORAGE EXTERNAL;

CREATE INDEX delivery_due ON delivery (recipient, run_at, id) WHERE state = 'waiting';
CREATE INDEX delivery_in_sequence ON delivery (sequence_key, arrival, version);
CREATE INDEX delivery_of_manifest ON delivery (manifest_id);
CREATE UNIQUE INDEX delivery_in_feed ON delivery (recipient, feed_position) WHERE feed_position IS NOT NULL;


-- Who may ask. Only the hash of a token is here.

CREATE TABLE access_token (
    sha256          bytea PRIMARY KEY CHECK (octet_length(sha256) = 32),
    kind            text NOT NULL CHECK (kind IN ('carrier', 'viewer', 'recipient', 'operator')),
    subject         text NOT NULL,
    note            text NOT NULL DEFAULT '',
    created_at      timestamptz NOT NULL,
    expires_at      timestamptz NOT NULL,
    revoked_at      timestamptz
);


-- What a person must look at. The same trouble again counts up instead of adding a line.

CREATE TABLE alarm (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at              timestamptz NOT NULL DEFAULT now(),
    last_at         timestamptz NOT NULL DEFAULT now(),
    times           integer NOT NULL DEFAULT 1,
    kind            text NOT NULL,
    subject         text NOT NULL,
    text            text NOT NULL,
    acknowledged_at timestamptz
);

CREATE UNIQUE INDEX alarm_open ON alarm (kind, subject) WHERE acknowledged_at IS NULL;


-- The tamper-evident log (RFC 9162 section 2.1). An entry is written in the transaction it tells of; its position, and
-- so its leaf, is given later by the one sequencer. Nothing here is ever changed or deleted.

CREATE TABLE log_entry (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at              timestamptz NOT NULL,
    event           text NOT NULL,
    subject         jsonb NOT NULL,                     -- ids and digests
    body            bytea NOT NULL,                     -- the leaf's input, byte for byte
    position        bigint UNIQUE CHECK (position >= 0)
);

CREATE INDEX log_entry_without_position ON log_entry (id) WHERE position IS NULL;
CREATE INDEX log_entry_of_submission ON log_entry ((subject ->> 'submission'));

CREATE TABLE log_node (
    level           smallint NOT NULL,                  -- 0 are the leaves
    index           bigint NOT NULL,
    hash            bytea NOT NULL CHECK (octet_length(hash) = 32),
    PRIMARY KEY (level, index)
);

CREATE TABLE log_head (
    size            bigint PRIMARY KEY,
    root            bytea NOT NULL CHECK (octet_length(root) = 32),
    at              timestamptz NOT NULL,
    signed          bytea NOT NULL                      -- the statement of these three, as `receipts` signs it
);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE FUNCTION only_position_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.position IS NULL AND NEW.position IS NOT NULL
        AND (NEW.id, NEW.at, NEW.event, NEW.subject, NEW.body) IS NOT DISTINCT FROM (OLD.id, OLD.at, OLD.event, OLD.subject, OLD.body)
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'log_entry is append-only' USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE TRIGGER log_entry_update BEFORE UPDATE ON log_entry FOR EACH ROW EXECUTE FUNCTION only_position_once();
CREATE TRIGGER log_entry_delete BEFORE DELETE ON log_entry FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER log_entry_truncate BEFORE TRUNCATE ON log_entry EXECUTE FUNCTION refuse_change();
CREATE TRIGGER log_node_change BEFORE UPDATE OR DELETE ON log_node FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER log_node_truncate BEFORE TRUNCATE ON log_node EXECUTE FUNCTION refuse_change();
CREATE TRIGGER log_head_change BEFORE UPDATE OR DELETE ON log_head FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER log_head_truncate BEFORE TRUNCATE ON log_head EXECUTE FUNCTION refuse_change();

-- The sandbox: lists that were tried out, and the certificates that were earned there. PostgreSQL 15 and newer.
--
-- Tables of their own, that nothing else refers to and that refer to nothing: no trial can be owed, delivered, logged or counted.


-- What a line tried out, sealed as a submission is. The row is deleted a day after it came. The queue is as in 0001.
-- passed: of a trial without errors, what its lists showed (process.trials.Shown); nothing of a person.

CREATE TABLE trial (
    id              uuid PRIMARY KEY,
    arrival         bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    carrier         text NOT NULL,
    sha256          bytea NOT NULL CHECK (octet_length(sha256) = 32),
    size            bigint NOT NULL,
    files           integer NOT NULL,
    received_at     timestamptz NOT NULL,
    options         jsonb NOT NULL,
    sealed          bytea NOT NULL,
    wrapped         bytea NOT NULL,
    key_id          text NOT NULL,
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
    passed          jsonb NOT NULL DEFAULT '[]'
);

ALTER TABLE trial ALTER COLUMN sealed SET STORAGE EXTERNAL;
ALTER TABLE trial ALTER COLUMN answer_sealed SET STORAGE EXTERNAL;

CREATE INDEX trial_due ON trial (run_at, arrival) WHERE state = 'received';
CREATE INDEX trial_of_carrier ON trial (carrier, arrival);
CREATE INDEX trial_by_age ON trial (received_at);
CREATE UNIQUE INDEX trial_waiting ON trial (carrier, sha256, options) WHERE state = 'received';  -- a double click tries once


-- The newest certificate of a line for a format, as it was signed.

CREATE TABLE pass_certificate (
    carrier         text NOT NULL,
    format          text NOT NULL,
    rules           text NOT NULL,                      -- the edition of the rules that it was passed against
    issued_at       timestamptz NOT NULL,
    document        bytea NOT NULL,
    PRIMARY KEY (carrier, format)
);

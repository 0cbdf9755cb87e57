-- Break-glass: who asked for the list of a sailing, who granted it, until when, and each time it was opened. PostgreSQL 15 and newer.

-- call_id, manifest_id: the sailing; the latter where its lists belong to no expected call. The words of the reason are sealed: they may
-- name a person. *_email: of the accounts, lower case; '' where there is none. No person is both who asks and who decides.

CREATE TABLE rescue (
    id              uuid PRIMARY KEY,
    call_id         text REFERENCES call,
    manifest_id     uuid REFERENCES manifest,
    carrier         text NOT NULL,
    vessel          text NOT NULL,
    reason          text NOT NULL CHECK (reason IN ('distress', 'evacuation', 'person-missing', 'medical', 'reception')),
    case_number     text NOT NULL,
    hours           integer NOT NULL CHECK (hours BETWEEN 1 AND 24),
    asked_by        text NOT NULL,
    asked_email     text NOT NULL,
    asked_at        timestamptz NOT NULL,
    decided_by      text,
    decided_email   text,
    decided_at      timestamptz,
    refusal         text CHECK (refusal IN ('no-case', 'other-sailing', 'count-is-enough')),
    until           timestamptz,
    closed_by       text,
    closed_at       timestamptz,
    ended           boolean NOT NULL DEFAULT false,     -- the log has its end
    words           bytea NOT NULL,
    words_wrapped   bytea,                              -- NULL once retention ended
    words_key_id    text NOT NULL,
    CHECK ((call_id IS NULL) <> (manifest_id IS NULL)),
    CHECK (decided_by IS NULL OR (lower(decided_by) <> lower(asked_by) AND (asked_email = '' OR decided_email <> asked_email))),
    CHECK ((decided_by IS NULL) = (decided_at IS NULL) AND (decided_by IS NULL) = (decided_email IS NULL)),
    CHECK ((decided_at IS NOT NULL) = (until IS NOT NULL OR refusal IS NOT NULL) AND (until IS NULL OR refusal IS NULL)),
    CHECK (until <= decided_at + interval '24 hours')
);

CREATE INDEX rescue_newest ON rescue (asked_at);
CREATE INDEX rescue_of_call ON rescue (call_id) WHERE call_id IS NOT NULL;
CREATE INDEX rescue_to_end ON rescue (asked_at) WHERE NOT ended;

-- Each step of a case: asked, granted, refused, viewed, printed, exported, closed, withdrawn, expired, lapsed. by: '' is the clock.

CREATE TABLE rescue_step (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    rescue_id       uuid NOT NULL REFERENCES rescue,
    at              timestamptz NOT NULL,
    what            text NOT NULL,
    by              text NOT NULL
);

CREATE INDEX rescue_step_of ON rescue_step (rescue_id, id);

CREATE TRIGGER rescue_step_change BEFORE UPDATE OR DELETE ON rescue_step FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER rescue_step_truncate BEFORE TRUNCATE ON rescue_step EXECUTE FUNCTION refuse_change();

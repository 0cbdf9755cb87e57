-- An alarm is a matter that is open; an alert is a message about it to a party. PostgreSQL 15 and newer.

-- concerns: the carrier, the recipient, the call and the ports that it is about; by them the parties are found.
-- told, end_told: whoever is to know of it, or of its end, stands in `alert`. escalating: somebody further may have to.
-- closed_at: the matter is settled. One that was acknowledged so far counted as such; nobody is told of what is older than this.

ALTER TABLE alarm
    ADD COLUMN concerns jsonb NOT NULL DEFAULT '{}',
    ADD COLUMN deadline timestamptz,
    ADD COLUMN acknowledged_by text,
    ADD COLUMN closed_at timestamptz,
    ADD COLUMN closed_because text,
    ADD COLUMN told boolean NOT NULL DEFAULT false,
    ADD COLUMN end_told boolean NOT NULL DEFAULT false,
    ADD COLUMN escalating boolean NOT NULL DEFAULT false;
UPDATE alarm SET told = true, end_told = true, closed_at = acknowledged_at,
    closed_because = CASE WHEN acknowledged_at IS NOT NULL THEN 'acknowledged' END;

DROP INDEX alarm_open;
CREATE UNIQUE INDEX alarm_open ON alarm (kind, subject) WHERE closed_at IS NULL;
CREATE INDEX alarm_untold ON alarm (id) WHERE NOT told AND closed_at IS NULL OR NOT end_told AND closed_at IS NOT NULL;
CREATE INDEX alarm_escalating ON alarm (id) WHERE escalating;
CREATE INDEX alarm_of_call ON alarm ((concerns ->> 'call')) WHERE concerns ? 'call';


-- What leaves, to one address at a time, in the order of `number`. The id is the same in every attempt. A claim counts the attempt
-- and moves run_at to the end of its lease. in_doubt: it may have arrived, for all we know.

CREATE TABLE alert_message (
    id              uuid PRIMARY KEY,
    number          bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    channel         text NOT NULL CHECK (channel IN ('email', 'webhook')),
    address         text NOT NULL,
    state           text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'sent', 'dropped', 'given-up')),
    attempts        integer NOT NULL DEFAULT 0,
    run_at          timestamptz NOT NULL DEFAULT now(),
    lease           uuid,
    in_doubt        boolean NOT NULL DEFAULT false,
    last_outcome    text,
    created_at      timestamptz NOT NULL DEFAULT now(),
    settled_at      timestamptz
);

CREATE INDEX alert_message_waiting ON alert_message (channel, address, number) WHERE state = 'waiting';
CREATE INDEX alert_message_of_address ON alert_message (address, created_at);


-- Who is told what of an alarm: that it is open, or that it is over; each address once. instead_of: the party that did not
-- acknowledge it in time, where this is an escalation. due_at: not before then; quiet hours move it.

CREATE TABLE alert (
    id              uuid PRIMARY KEY,
    alarm_id        bigint NOT NULL REFERENCES alarm,
    news            text NOT NULL CHECK (news IN ('opened', 'closed')),
    party           text NOT NULL,
    channel         text NOT NULL CHECK (channel IN ('email', 'webhook')),
    address         text NOT NULL,
    instead_of      text NOT NULL DEFAULT '',
    due_at          timestamptz NOT NULL,
    state           text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'sent', 'dropped', 'given-up')),
    message_id      uuid REFERENCES alert_message,
    settled_at      timestamptz,
    UNIQUE (alarm_id, news, channel, address)
);

CREATE INDEX alert_due ON alert (due_at) WHERE state = 'waiting' AND message_id IS NULL;
CREATE INDEX alert_of_message ON alert (message_id) WHERE message_id IS NOT NULL;
CREATE INDEX alert_unsettled ON alert (settled_at) WHERE state IN ('waiting', 'given-up');

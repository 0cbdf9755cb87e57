-- Accounts that come near names are confirmed by a colleague before they count. PostgreSQL 15 and newer.

-- confirm_code: what its owner reads to a colleague, who types it; while there is one the account does nothing. confirmed_*: the last time;
-- they stay when a new link or role makes it wait again. An account of the roles desk and rescue always has the one or the other.
-- Who was at work before this came goes on; who had only a link waits.

ALTER TABLE account
    ADD COLUMN confirm_code text CHECK (confirm_code ~ '^[0-9]{8}$'),
    ADD COLUMN confirmed_by text,
    ADD COLUMN confirmed_at timestamptz,
    ADD CHECK ((confirmed_by IS NULL) = (confirmed_at IS NULL));
UPDATE account SET confirmed_by = '(before confirming began)', confirmed_at = now()
    WHERE kind IN ('desk', 'rescue') AND (enrolled_at IS NOT NULL OR provider IS NOT NULL);
UPDATE account SET confirm_code = lpad(floor(random() * 100000000)::bigint::text, 8, '0')
    WHERE kind IN ('desk', 'rescue') AND confirmed_at IS NULL;
ALTER TABLE account ADD CONSTRAINT account_confirmed
    CHECK (kind NOT IN ('desk', 'rescue') OR confirm_code IS NOT NULL OR confirmed_at IS NOT NULL);


-- Settled alarms are forgotten after a time.

CREATE INDEX alarm_closed ON alarm (closed_at) WHERE closed_at IS NOT NULL;


-- A declared outage that was taken back: it excuses nothing any more, and stays to be seen.

ALTER TABLE outage
    ADD COLUMN withdrawn_by text,
    ADD COLUMN withdrawn_at timestamptz,
    ADD CHECK ((withdrawn_by IS NULL) = (withdrawn_at IS NULL));


-- What an officer of security reads: who was let in, held up, made, confirmed, and who asked for names. The query says the same.

CREATE INDEX log_entry_of_people ON log_entry (id) WHERE event ~ '^(person|signed|sign|password|token|rescue)-';

-- What each source said of a call, of which the call is made. PostgreSQL 15 and newer.
--
-- call_said: one voice's whole word now (gateway.expect.Said); own_id: the source's own id for the sailing, which need not be the call's.
-- What was known before came from schedules.

CREATE TABLE call_said (
    call_id         text NOT NULL REFERENCES call,
    voice           text NOT NULL,
    own_id          text,
    said            jsonb NOT NULL,
    PRIMARY KEY (call_id, voice)
);

CREATE INDEX call_said_by_own_id ON call_said (own_id) WHERE own_id IS NOT NULL;
CREATE INDEX call_by_departure ON call (departs_at);
CREATE INDEX call_by_arrival ON call (arrives_at);
CREATE INDEX call_by_arrival_visit ON call (lower(data->>'arrival_visit_id')) WHERE data ? 'arrival_visit_id';
CREATE INDEX call_by_departure_visit ON call (lower(data->>'departure_visit_id')) WHERE data ? 'departure_visit_id';

INSERT INTO call_said (call_id, voice, own_id, said)
SELECT id, 'schedule', id,
    jsonb_build_object('voice', 'schedule', 'origin', 'schedule', 'by', '', 'at', changed_at, 'call', data)
FROM call;

-- Every statement the gateway runs, each with a name and its purpose; loaded by statements.py.
-- "Overtaken" always means: a newer delivery of the same sequence replaces this one.


-- submission_key_add: remembers an idempotency key, unless this carrier has used it before; the body follows in the same transaction
INSERT INTO submission_key (carrier, key_hash, submission_id) VALUES ($1, $2, $3)
ON CONFLICT (carrier, key_hash) DO NOTHING
RETURNING submission_id;

-- submission_key_point: a new key over a body that was known already means that submission
UPDATE submission_key SET submission_id = $3 WHERE carrier = $1 AND key_hash = $2;

-- submission_by_key: what this carrier sent under this idempotency key
SELECT s.id, s.arrival, s.carrier, s.channel, s.sha256, s.size, s.files, s.received_at, s.options, s.receipt, s.state,
    s.attempts, s.format, s.persons, s.errors, s.warnings, s.processed_at
FROM submission_key k JOIN submission s ON s.id = k.submission_id
WHERE k.carrier = $1 AND k.key_hash = $2;

-- submission_add: stores a submission, unless this carrier sent the same bytes for the same before
INSERT INTO submission
    (id, carrier, channel, sha256, size, files, received_at, options, sealed, wrapped, key_id, receipt)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
ON CONFLICT (carrier, sha256, options) DO NOTHING
RETURNING id, arrival, carrier, channel, sha256, size, files, received_at, options, receipt, state,
    attempts, format, persons, errors, warnings, processed_at;

-- submission_by_body: what this carrier sent with these bytes and hints
SELECT id, arrival, carrier, channel, sha256, size, files, received_at, options, receipt, state,
    attempts, format, persons, errors, warnings, processed_at
FROM submission WHERE carrier = $1 AND sha256 = $2 AND options = $3;

-- submission_get: one submission; with a carrier, only that carrier's own
SELECT id, arrival, carrier, channel, sha256, size, files, received_at, options, receipt, state,
    attempts, format, persons, errors, warnings, processed_at
FROM submission WHERE id = $1 AND ($2::text IS NULL OR carrier = $2);

-- submission_page: the newest submissions before an arrival number, of one carrier or of all
SELECT id, arrival, carrier, channel, sha256, size, files, received_at, options, receipt, state,
    attempts, format, persons, errors, warnings, processed_at
FROM submission
WHERE ($1::text IS NULL OR carrier = $1) AND arrival < $2
ORDER BY arrival DESC LIMIT $3;

-- submission_sealed: the sealed bytes as sent; wrapped is NULL once retention ended
SELECT sealed, wrapped, key_id FROM submission WHERE id = $1;

-- submission_answer: the sealed answer, once there is one
SELECT answer_sealed AS sealed, answer_wrapped AS wrapped, answer_key_id AS key_id
FROM submission WHERE id = $1 AND answer_sealed IS NOT NULL;

-- submission_fail_exhausted: gives up submissions whose last permitted attempt never came back
UPDATE submission SET state = 'failed', lease = NULL, processed_at = now()
WHERE id IN (
    SELECT id FROM submission WHERE state = 'received' AND run_at <= now() AND attempts >= $1
    ORDER BY run_at, arrival LIMIT 100 FOR UPDATE SKIP LOCKED)
RETURNING id, carrier, attempts, processed_at;

-- submission_claim: takes due submissions, oldest first; counts the attempt; nobody else gets them before the lease ends
WITH due AS (
    SELECT id FROM submission WHERE state = 'received' AND run_at <= now()
    ORDER BY run_at, arrival LIMIT $2 FOR UPDATE SKIP LOCKED)
UPDATE submission s
SET attempts = attempts + 1, lease = gen_random_uuid(), run_at = now() + $1 * interval '1 second'
FROM due WHERE s.id = due.id
RETURNING s.id, s.arrival, s.carrier, s.channel, s.sha256, s.files, s.received_at, s.options, s.sealed, s.wrapped,
    s.key_id, s.receipt, s.attempts, s.lease;

-- submission_settle: the answer is there; only the holder of the lease may say so
UPDATE submission
SET state = 'processed', lease = NULL, answer_sealed = $3, answer_wrapped = $4, answer_key_id = $5, format = $6,
    persons = $7, errors = $8, warnings = $9, processed_at = $10, receipt = $11
WHERE id = $1 AND lease = $2 AND state = 'received'
RETURNING id;

-- submission_try_later: gives a claimed submission back for another attempt
UPDATE submission SET lease = NULL, run_at = now() + $3 * interval '1 second'
WHERE id = $1 AND lease = $2 AND state = 'received'
RETURNING id;

-- submission_again: a person asks for a failed submission to be tried again
UPDATE submission SET state = 'received', attempts = 0, run_at = now(), processed_at = NULL
WHERE id = $1 AND state = 'failed'
RETURNING id;

-- sealed_to: the identities that what is stored, and can still be opened, is sealed to
SELECT key_id FROM submission WHERE wrapped IS NOT NULL
UNION SELECT key_id FROM manifest WHERE wrapped IS NOT NULL
UNION SELECT key_id FROM series_current WHERE wrapped IS NOT NULL
UNION SELECT key_id FROM response WHERE wrapped IS NOT NULL
UNION SELECT words_key_id FROM rescue WHERE words_wrapped IS NOT NULL;

-- submission_waiting: how many wait to be processed, how many failed, since when the oldest waits
SELECT count(*) FILTER (WHERE state = 'received') AS waiting, count(*) FILTER (WHERE state = 'failed') AS failed,
    min(received_at) FILTER (WHERE state = 'received') AS oldest
FROM submission WHERE state IN ('received', 'failed');

-- finding_count_add: how often each kind of finding was made in a submission
INSERT INTO finding_count (submission_id, code, severity, n) VALUES ($1, $2, $3, $4);

-- finding_counts: the kinds of finding of one submission
SELECT code, severity, n FROM finding_count WHERE submission_id = $1 ORDER BY code, severity;

-- finding_counts_of_carrier: the kinds of finding in what a carrier sent in a time, most frequent first
SELECT f.code, f.severity, sum(f.n)::bigint AS n
FROM finding_count f JOIN submission s ON s.id = f.submission_id
WHERE s.carrier = $1 AND s.received_at >= $2 AND s.received_at < $3
GROUP BY f.code, f.severity ORDER BY n DESC, f.code;


-- series_lock: nobody else adds to this series before this transaction ends
SELECT pg_advisory_xact_lock(hashtextextended('series:' || $1, 0));

-- series_versions: the highest version of each series
SELECT series, max(version) AS version FROM manifest_part WHERE series = ANY($1::text[]) GROUP BY series;

-- series_of_voyage: the series of this voyage number, of lists that belong to no expected call yet
SELECT DISTINCT p.series FROM manifest m JOIN manifest_part p ON p.manifest_id = m.id
WHERE m.call_id IS NULL AND m.carrier = $1 AND m.received_at >= $2 AND m.voyage_number = $3 AND starts_with(p.series, $4);

-- series_purposes: for what the lists of each series that count are, since the last withdrawal that does
SELECT p.series, array_agg(DISTINCT purpose) AS purposes
FROM manifest_part p JOIN manifest m ON m.id = p.manifest_id CROSS JOIN LATERAL unnest(m.purposes) AS purpose
WHERE p.series = ANY($1::text[]) AND NOT p.outdated AND NOT EXISTS (
    SELECT FROM manifest_part q JOIN manifest later ON later.id = q.manifest_id
    WHERE q.series = p.series AND later.function = 'cancel' AND NOT q.outdated
        AND (later.arrival, later.number) >= (m.arrival, m.number))
GROUP BY p.series;

-- manifest_add: stores one list of a submission
INSERT INTO manifest
    (id, submission_id, number, arrival, call_id, carrier, kind, purposes, function, vessel_imo, vessel_name,
     voyage_number, departure_port, arrival_port, departs, arrives, persons, passengers, crew, counts, deadlines,
     received_at, sealed, wrapped, key_id)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24,
    $25);

-- manifest_part_add: what this list is in one series
INSERT INTO manifest_part (manifest_id, kind, series, version, listed, outdated, changes, missing, errors, quality)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10);

-- manifest_outdated: in this series this list turned out to be older than one that came before it
UPDATE manifest_part SET outdated = true WHERE manifest_id = $1 AND series = $2;

-- series_current: the versions of these series that count now; wrapped is NULL once retention ended
SELECT series, sealed_for, manifest_id, sealed, wrapped, key_id FROM series_current WHERE series = ANY($1::text[]);

-- series_current_keep: from now on this version counts
INSERT INTO series_current (series, received_at, sealed_for, manifest_id, sealed, wrapped, key_id)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (series) DO UPDATE
SET received_at = excluded.received_at, sealed_for = excluded.sealed_for, manifest_id = excluded.manifest_id,
    sealed = excluded.sealed, wrapped = excluded.wrapped, key_id = excluded.key_id;

-- shape_add: what a list looks like
INSERT INTO list_shape (manifest_id, carrier, kind, arrival, received_at, shape) VALUES ($1, $2, $3, $4, $5, $6);

-- shapes_before: what this carrier's last lists look like, of one kind or of all, the newest first
SELECT (SELECT min(p.series) FROM manifest_part p WHERE p.manifest_id = m.id) AS series, s.received_at, s.shape
FROM list_shape s JOIN manifest m ON m.id = s.manifest_id
WHERE s.carrier = $1 AND ($2::text IS NULL OR s.kind = $2) AND s.arrival < $3 ORDER BY s.arrival DESC, m.number LIMIT $4;

-- manifests_of_submission: the lists of one submission, in its order
SELECT id, submission_id, number, arrival, call_id, carrier, kind, purposes, function, vessel_imo, vessel_name,
    voyage_number, departure_port, arrival_port, departs, arrives, persons, passengers, crew, counts, deadlines,
    received_at,
    (SELECT jsonb_agg(to_jsonb(p) - 'manifest_id' ORDER BY p.kind DESC) FROM manifest_part p WHERE p.manifest_id = m.id) AS parts
FROM manifest m WHERE submission_id = $1 ORDER BY number;

-- manifests_without_call: lists of this carrier that belong to no expected call yet and say when they sail, oldest first
SELECT id, submission_id, number, arrival, call_id, carrier, kind, purposes, function, vessel_imo, vessel_name,
    voyage_number, departure_port, arrival_port, departs, arrives, persons, passengers, crew, counts, deadlines,
    received_at,
    (SELECT jsonb_agg(to_jsonb(p) - 'manifest_id' ORDER BY p.kind DESC) FROM manifest_part p WHERE p.manifest_id = m.id) AS parts
FROM manifest m WHERE call_id IS NULL AND carrier = $1 AND received_at >= $2 AND coalesce(departs, arrives) IS NOT NULL
ORDER BY arrival, number;

-- manifest_sealed: the sealed list; wrapped is NULL once retention ended
SELECT sealed, wrapped, key_id FROM manifest WHERE id = $1;

-- manifest_link: this list belongs to that call after all
UPDATE manifest SET call_id = $2 WHERE id = $1 AND call_id IS NULL RETURNING id;

-- manifest_part_move: the list goes on in another series, with its version unless that is taken there
UPDATE manifest_part p
SET series = $3, version = CASE WHEN taken.highest >= p.version THEN taken.highest + 1 ELSE p.version END
FROM (SELECT max(version) AS highest FROM manifest_part WHERE series = $3) taken
WHERE p.manifest_id = $1 AND p.series = $2;

-- series_current_move: what counted there counts here, unless something does already
UPDATE series_current SET series = $3
WHERE series = $2 AND manifest_id = $1 AND NOT EXISTS (SELECT FROM series_current WHERE series = $3);

-- delivery_move: what this list is owed goes on in the sequence of the other series
UPDATE delivery SET sequence_key = left(sequence_key, -length($2)) || $3
WHERE manifest_id = $1 AND right(sequence_key, length($2)) = $2;


-- waiting_list_lock: nobody else adds parts of this list before this transaction ends
SELECT pg_advisory_xact_lock(hashtextextended('list:' || encode($1::bytea, 'hex'), 0));

-- waiting_lists: the submissions since a time that hold parts of these lists, oldest first
SELECT DISTINCT s.arrival, s.id, s.sealed, s.wrapped, s.key_id
FROM waiting_list w JOIN submission s ON s.id = w.submission_id
WHERE w.key = ANY($1::bytea[]) AND w.received_at >= $2 ORDER BY s.arrival;

-- waiting_list_add: this submission holds parts of a list whose others are to come
INSERT INTO waiting_list (key, submission_id, carrier, arrival, received_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (key, submission_id) DO NOTHING;

-- waiting_list_done: the list is whole
DELETE FROM waiting_list WHERE key = $1;

-- waiting_lists_late: lists whose last part came before a time, once
UPDATE waiting_list SET told = true
WHERE NOT told AND key IN (SELECT key FROM waiting_list GROUP BY key HAVING max(received_at) < $1)
RETURNING encode(key, 'hex') AS key, submission_id, carrier;

-- waiting_lists_forget: lists that nobody waits for any more
DELETE FROM waiting_list WHERE told AND received_at < $1;


-- calls_add: calls seen for the first time
INSERT INTO call
    (id, carrier, imo, departure_port, arrival_port, departs_at, arrives_at, data, first_seen_at, changed_at)
SELECT new.*, $9, $9
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::timestamptz[], $8::jsonb[]) AS new;

-- calls_change: what is known of these calls now
UPDATE call
SET carrier = now.carrier, imo = now.imo, departure_port = now.departure_port, arrival_port = now.arrival_port,
    departs_at = now.departs_at, arrives_at = now.arrives_at, data = now.data, changed_at = $9
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::timestamptz[], $8::jsonb[])
    AS now (id, carrier, imo, departure_port, arrival_port, departs_at, arrives_at, data)
WHERE call.id = now.id;

-- call_times_add: times of calls got these values
INSERT INTO call_time (call_id, name, value, source, noted_at)
SELECT new.*, $5 FROM unnest($1::text[], $2::text[], $3::timestamptz[], $4::text[]) AS new
ON CONFLICT (call_id, name, noted_at) DO UPDATE SET value = excluded.value, source = excluded.source;

-- call_get: one call, by its id or else by that of a source
SELECT data FROM call
WHERE id = $1 OR id IN (SELECT call_id FROM call_said WHERE own_id = $1)
ORDER BY id = $1 DESC, id LIMIT 1;

-- calls_between: calls that leave (or, where that is not known, arrive) in a time; of one carrier, one port, or all
SELECT data FROM call
WHERE coalesce(departs_at, arrives_at) >= $1 AND coalesce(departs_at, arrives_at) < $2
    AND ($3::text IS NULL OR carrier = $3)
    AND ($4::text IS NULL OR departure_port = $4 OR arrival_port = $4)
ORDER BY coalesce(departs_at, arrives_at), id;

-- call_times: the history of the times of these calls
SELECT call_id, name, noted_at, value, source FROM call_time
WHERE call_id = ANY($1::text[]) ORDER BY call_id, noted_at, name;


-- delivery_add: owes a recipient an envelope; superseded at once where a newer one of its sequence replaces it
INSERT INTO delivery
    (id, manifest_id, recipient, route_id, form, purpose, legal_basis, media_type, envelope, sequence_key, arrival,
     version, replaces, max_attempts, lists, handling, sealed_to, transfer_id,
     sent_until, state, settled_at)
SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15::text[], $16::jsonb, $17, $18::uuid,
    $19::date,
    CASE WHEN overtaken THEN 'superseded' ELSE 'waiting' END, CASE WHEN overtaken THEN now() END
FROM (SELECT EXISTS (
    SELECT FROM delivery newer
    WHERE newer.sequence_key = $10 AND (newer.arrival, newer.version) > ($11, $12)
        AND newer.replaces AND newer.state <> 'refused') AS overtaken) o
RETURNING id, manifest_id, recipient, state;

-- deliveries_filed: for what a recipient has, or may have, the lists of these series, since the last withdrawal that it was owed
SELECT d.sequence_key, array_agg(DISTINCT said.purpose) AS purposes
FROM delivery d JOIN manifest_part p ON p.manifest_id = d.manifest_id AND right(d.sequence_key, length(p.series)) = p.series
CROSS JOIN LATERAL unnest(string_to_array(d.purpose, '+')) AS said (purpose)
WHERE p.series = ANY($1::text[]) AND NOT p.outdated AND d.state <> 'refused' AND (d.attempted OR d.state = 'waiting')
    AND NOT EXISTS (
    SELECT FROM delivery later JOIN manifest m ON m.id = later.manifest_id
    WHERE later.sequence_key = d.sequence_key AND m.function = 'cancel' AND later.state <> 'refused'
        AND (later.attempted OR later.state = 'waiting')
        AND (later.arrival, later.version) >= (d.arrival, d.version))
GROUP BY d.sequence_key;

-- delivery_supersede: what this newer delivery replaces and nobody is sending right now
UPDATE delivery SET state = 'superseded', lease = NULL, settled_at = now()
WHERE sequence_key = $1 AND (arrival, version) < ($2, $3) AND state = 'waiting'
    AND (lease IS NULL OR run_at <= now())
RETURNING id, manifest_id, recipient, state;

-- delivery_give_up_exhausted: gives up deliveries whose last permitted attempt never came back
UPDATE delivery SET state = 'given-up', lease = NULL, settled_at = now(), last_outcome = 'the attempt never came back'
WHERE id IN (
    SELECT d.id FROM delivery d
    WHERE d.state = 'waiting' AND d.recipient = ANY($1::text[]) AND d.run_at <= now() AND d.attempts >= d.max_attempts
        AND NOT EXISTS (SELECT FROM recipient_pause p WHERE p.recipient = d.recipient)
    LIMIT 100 FOR UPDATE SKIP LOCKED)
RETURNING id, manifest_id, recipient, state;

-- delivery_claim: takes due deliveries, up to each recipient's room; none of a paused one, none that must be sealed again first, none that an older one of its sequence still precedes
WITH due AS (
    SELECT mine.id
    FROM unnest($1::text[], $2::text[], $3::text[], $4::integer[]) AS wanted (recipient, key, routes, room)
    CROSS JOIN LATERAL (
        SELECT d.id FROM delivery d
        WHERE d.recipient = wanted.recipient AND d.state = 'waiting' AND d.run_at <= now()
            AND is_fresh(d.sealed_to, d.route_id, d.sent_until, wanted.key, string_to_array(wanted.routes, '+'), $5)
            AND NOT EXISTS (
                SELECT FROM delivery older
                WHERE older.sequence_key = d.sequence_key AND older.state = 'waiting'
                    AND (older.arrival, older.version) < (d.arrival, d.version))
        ORDER BY d.run_at, d.id LIMIT wanted.room FOR UPDATE OF d SKIP LOCKED) mine
    WHERE NOT EXISTS (SELECT FROM recipient_pause p WHERE p.recipient = wanted.recipient))
UPDATE delivery d
SET attempts = attempts + 1, attempted = true, lease = gen_random_uuid(), run_at = now() + $6 * interval '1 second'
FROM due WHERE d.id = due.id
RETURNING d.id, d.manifest_id, d.recipient, d.route_id, d.form, d.purpose, d.legal_basis, d.media_type, d.envelope,
    d.version, d.attempts, d.max_attempts, d.created_at, d.lease;

-- delivery_stale: the next that waits and may not be sent as it is, nobody sending it; as it was made, and its list
WITH stale AS MATERIALIZED (
    SELECT d.id
    FROM unnest($1::text[], $2::text[], $3::text[]) AS wanted (recipient, key, routes)
    JOIN delivery d ON d.recipient = wanted.recipient AND d.state = 'waiting' AND (d.lease IS NULL OR d.run_at <= now())
        AND NOT is_fresh(d.sealed_to, d.route_id, d.sent_until, wanted.key, string_to_array(wanted.routes, '+'), $4))
SELECT d.id, d.manifest_id, d.recipient, d.route_id, d.form, d.media_type, d.sealed_to, d.lists, d.handling, d.sent_until,
    m.received_at, m.sealed, m.wrapped, m.key_id, c.data AS call
FROM delivery d JOIN manifest m ON m.id = d.manifest_id LEFT JOIN call c ON c.id = m.call_id
WHERE d.id = (SELECT id FROM stale WHERE id > $5 ORDER BY id LIMIT 1) AND d.state = 'waiting'
FOR UPDATE OF d SKIP LOCKED;

-- delivery_sealed_again: the same delivery in an envelope for another key
UPDATE delivery SET envelope = $2, media_type = $3, sealed_to = $4, lease = NULL
WHERE id = $1 AND state = 'waiting' RETURNING id, manifest_id, recipient, state;

-- delivery_ended: nothing allows this delivery any more; it stays stored
UPDATE delivery SET state = 'given-up', lease = NULL, last_outcome = $2, settled_at = now()
WHERE id = $1 AND state = 'waiting' RETURNING id, manifest_id, recipient, state;

-- delivery_settle: the recipient accepted or refused; only the holder of the lease may say so
UPDATE delivery
SET state = $3, lease = NULL, last_outcome = $4, last_status = $5, settled_at = now()
WHERE id = $1 AND lease = $2 AND state = 'waiting'
RETURNING id, manifest_id, recipient, state;

-- delivery_try_later: this attempt did not get through: wait, unless it was the last one or it has been overtaken
UPDATE delivery d
SET state = o.state, lease = NULL, last_outcome = $4, last_status = $5, run_at = now() + $3 * interval '1 second',
    settled_at = CASE WHEN o.state <> 'waiting' THEN now() END
FROM (
    SELECT x.id, CASE
        WHEN EXISTS (
            SELECT FROM delivery newer
            WHERE newer.sequence_key = x.sequence_key AND (newer.arrival, newer.version) > (x.arrival, x.version)
                AND newer.replaces AND newer.state <> 'refused') THEN 'superseded'
        WHEN x.attempts >= x.max_attempts THEN 'given-up'
        ELSE 'waiting' END AS state
    FROM delivery x WHERE x.id = $1) o
WHERE d.id = o.id AND d.lease = $2 AND d.state = 'waiting'
RETURNING d.id, d.manifest_id, d.recipient, d.state;

-- recipients_served: how each recipient stands
SELECT known.id AS recipient, coalesce(w.waiting, 0) AS waiting, w.oldest, s.settled_at AS last_success, f.last_outcome,
    p.since AS paused_since, p.by AS paused_by, p.reason AS paused_reason
FROM (
    SELECT unnest($1::text[]) AS id UNION SELECT recipient FROM delivery WHERE state = 'waiting'
    UNION SELECT recipient FROM recipient_pause) known
LEFT JOIN LATERAL (
    SELECT count(*) AS waiting, min(created_at) AS oldest FROM delivery WHERE recipient = known.id AND state = 'waiting') w ON true
LEFT JOIN LATERAL (
    SELECT settled_at FROM delivery WHERE recipient = known.id AND state = 'accepted'
    ORDER BY settled_at DESC LIMIT 1) s ON true
LEFT JOIN LATERAL (
    SELECT last_outcome FROM delivery WHERE recipient = known.id AND state = 'waiting' AND last_outcome IS NOT NULL
    ORDER BY run_at DESC LIMIT 1) f ON true
LEFT JOIN recipient_pause p ON p.recipient = known.id
ORDER BY known.id;

-- recipient_pause: nothing more goes to this recipient
INSERT INTO recipient_pause (recipient, since, by, reason) VALUES ($1, $2, $3, $4)
ON CONFLICT DO NOTHING RETURNING recipient;

-- recipient_resume: it goes on
DELETE FROM recipient_pause WHERE recipient = $1 RETURNING recipient;

-- recipient_is_paused: whether it is
SELECT recipient FROM recipient_pause WHERE recipient = $1;

-- deliveries_due_now: what waits for this recipient need not wait longer, in the order of its lists
UPDATE delivery d SET run_at = now() + n.at * interval '1 microsecond'
FROM (
    SELECT id, row_number() OVER (ORDER BY arrival, version, id) AS at FROM delivery
    WHERE recipient = $1 AND state = 'waiting' AND lease IS NULL) n
WHERE d.id = n.id;

-- deliveries_replay: settled deliveries are owed again, in the order of their lists; never what a newer one has replaced, nor what no entry in force owes
UPDATE delivery d
SET state = 'waiting', attempts = 0, run_at = now() + n.at * interval '1 microsecond', settled_at = NULL,
    last_outcome = NULL, last_status = NULL,
    feed_position = CASE WHEN d.feed_position IS NOT NULL THEN n.last + n.at END
FROM (
    SELECT x.id, row_number() OVER (ORDER BY x.arrival, x.version, x.id) AS at,
        (SELECT coalesce(max(feed_position), 0) FROM delivery WHERE recipient = $1 AND feed_position IS NOT NULL) AS last
    FROM delivery x
    WHERE x.recipient = $1 AND x.state IN ('accepted', 'refused', 'given-up') AND x.envelope IS NOT NULL
        AND (x.id = $2 OR x.settled_at >= $3)
        AND is_fresh(x.sealed_to, x.route_id, x.sent_until, x.sealed_to, string_to_array($4, '+'), $5)  -- whatever its key
        AND NOT EXISTS (
            SELECT FROM delivery newer
            WHERE newer.sequence_key = x.sequence_key AND (newer.arrival, newer.version) > (x.arrival, x.version)
                AND newer.state <> 'refused' AND (newer.replaces OR $2 IS NOT NULL))) n
WHERE d.id = n.id
RETURNING d.id;

-- deliveries_of_manifests: what became of these lists
SELECT id, manifest_id, recipient, route_id, form, purpose, legal_basis, media_type, version, state, attempts,
    max_attempts, run_at, lease IS NOT NULL AND run_at > now() AS is_being_sent, last_outcome, last_status,
    created_at, settled_at
FROM delivery WHERE manifest_id = ANY($1::uuid[]) ORDER BY created_at, recipient, id;

-- feed_lock: one reader at a time gives positions in a recipient's feed
SELECT pg_advisory_xact_lock(hashtextextended('feed:' || $1, 0));

-- feed_number: gives positions to what came since the last reading; a position once seen never has a later neighbour before it
UPDATE delivery d SET feed_position = n.position, attempted = true
FROM (
    SELECT id, (SELECT coalesce(max(feed_position), 0) FROM delivery WHERE recipient = $1 AND feed_position IS NOT NULL)
        + row_number() OVER (ORDER BY arrival, version, id) AS position
    FROM delivery WHERE recipient = $1 AND state = 'waiting' AND feed_position IS NULL) n
WHERE d.id = n.id;

-- feed_page: a recipient's feed after a position, up to the first delivery that must be sealed again
SELECT feed_position AS position, id, manifest_id, form, purpose, legal_basis, media_type, version, envelope, state,
    created_at
FROM delivery d
WHERE recipient = $1 AND feed_position > $2 AND state IN ('waiting', 'accepted') AND envelope IS NOT NULL
    AND NOT EXISTS (
        SELECT FROM delivery stale
        WHERE stale.recipient = $1 AND stale.state = 'waiting' AND stale.feed_position <= d.feed_position
            AND NOT is_fresh(stale.sealed_to, stale.route_id, stale.sent_until, $4, string_to_array($5, '+'), $6))
ORDER BY feed_position LIMIT $3;

-- feed_ended: how many that a recipient acknowledged, after a position, have reached the end of retention
SELECT count(*) FROM delivery
WHERE recipient = $1 AND feed_position > $2 AND state = 'accepted' AND envelope IS NULL;

-- feed_acknowledge: the recipient has these
UPDATE delivery
SET state = 'accepted', lease = NULL, last_outcome = 'fetched', settled_at = now()
WHERE recipient = $1 AND id = ANY($2::uuid[]) AND state = 'waiting'
RETURNING id, manifest_id, recipient, state;


-- response_add: what a recipient answered
INSERT INTO response (id, delivery_id, channel, received_at, sealed, wrapped, key_id, state)
VALUES ($1, $2, $3, $4, $5, $6, $7, CASE WHEN $8 THEN 'waiting' ELSE 'read' END);

-- response_give_up: answers whose last permitted attempt never came back
UPDATE response SET state = 'given-up'
WHERE id IN (
    SELECT id FROM response WHERE state = 'waiting' AND run_at <= now() AND attempts >= $1
    ORDER BY run_at LIMIT 100 FOR UPDATE SKIP LOCKED)
RETURNING delivery_id;

-- response_claim: takes the oldest answer that is due; counts the attempt; nobody else gets it before the lease ends
WITH due AS (
    SELECT id FROM response WHERE state = 'waiting' AND run_at <= now()
    ORDER BY run_at, received_at LIMIT 1 FOR UPDATE SKIP LOCKED)
UPDATE response r
SET attempts = r.attempts + 1, run_at = now() + $1 * interval '1 second'
FROM due, delivery d, manifest m
WHERE r.id = due.id AND d.id = r.delivery_id AND m.id = d.manifest_id
RETURNING r.id, r.delivery_id, r.channel, r.received_at, r.sealed, r.wrapped, r.key_id, d.recipient, d.form, d.lists, d.manifest_id,
    d.attempts AS delivery_attempts, m.submission_id, m.number, m.carrier, m.call_id, m.departure_port, m.arrival_port;

-- response_settle: it is read
UPDATE response SET state = 'read', verdict = $2, fault = $3 WHERE id = $1 AND state = 'waiting' RETURNING id;

-- responses_of: what was answered to these deliveries, oldest first
SELECT delivery_id, received_at, verdict FROM response WHERE delivery_id = ANY($1::uuid[]) ORDER BY received_at, id;

-- submission_lock: nobody else changes this answer before this transaction ends
SELECT answer_sealed AS sealed, answer_wrapped AS wrapped, answer_key_id AS key_id
FROM submission WHERE id = $1 AND answer_sealed IS NOT NULL FOR UPDATE;

-- submission_reanswer: the answer says more now
UPDATE submission
SET answer_sealed = $2, answer_wrapped = $3, answer_key_id = $4, errors = $5, warnings = $6
WHERE id = $1 AND state = 'processed';

-- finding_count_more: findings made after the submission was processed
INSERT INTO finding_count (submission_id, code, severity, n) VALUES ($1, $2, $3, $4)
ON CONFLICT (submission_id, code, severity) DO UPDATE SET n = finding_count.n + excluded.n;
-- transfer_add: a recipient asks for lists that another one has
INSERT INTO transfer (id, requester, holder, delivery, imo, arrival_port, day, form, purposes, legal_basis, asked_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11);

-- transfer_get: one request and its decision
SELECT id, requester, holder, delivery, imo, arrival_port, day, form, purposes, legal_basis, asked_at, state, decision,
    decided_by, decided_at, granted, reason, until
FROM transfer WHERE id = $1;

-- transfer_lock: one request, held until the transaction ends
SELECT id, requester, holder, delivery, imo, arrival_port, day, form, purposes, legal_basis, asked_at, state, decision,
    decided_by, decided_at, granted, reason, until
FROM transfer WHERE id = $1 FOR UPDATE;

-- transfers: requests, newest first
SELECT id, requester, holder, delivery, imo, arrival_port, day, form, purposes, legal_basis, asked_at, state, decision,
    decided_by, decided_at, granted, reason, until
FROM transfer WHERE $1::text IS NULL OR requester = $1 ORDER BY asked_at DESC, id LIMIT $2;

-- transfer_held: what the holder has of the lists that are asked for; a day either way is the same call
SELECT d.id, d.manifest_id, d.form, d.lists, d.handling, d.version, d.arrival, d.replaces, d.settled_at,
    EXISTS (
        SELECT FROM delivery newer
        WHERE newer.sequence_key = d.sequence_key AND newer.state = 'accepted'
            AND (newer.arrival, newer.version) > (d.arrival, d.version)) AS has_newer,
    d.sequence_key, m.vessel_imo, m.vessel_name, m.voyage_number, m.departure_port, m.arrival_port, m.persons, m.received_at,
    m.sealed, m.wrapped, m.key_id
FROM delivery d JOIN manifest m ON m.id = d.manifest_id LEFT JOIN call c ON c.id = m.call_id
WHERE d.recipient = $1 AND d.state = 'accepted'
    AND (d.id = $2 OR (m.vessel_imo = $3 AND m.arrival_port = $4
        AND coalesce(c.arrives_at, m.received_at)::date BETWEEN $5::date - 1 AND $5::date + 1))
ORDER BY d.arrival, d.version, d.id LIMIT 50;

-- transfer_decide: what the originating authority decided
UPDATE transfer SET state = $2, decision = $3, decided_by = $4, decided_at = $5, granted = $6, reason = $7,
    until = $8
WHERE id = $1;

-- transfer_deliveries: what was made of a granted request
SELECT id, state FROM delivery WHERE transfer_id = $1 ORDER BY arrival, version, id;

-- delivery_named: those of these ids that are deliveries to one of these recipients
SELECT id, form FROM delivery WHERE recipient = ANY($1::text[]) AND id = ANY($2::uuid[]);

-- as4_message_add: this message was taken, unless it was before
INSERT INTO as4_message (partner, message_id, received_at) VALUES ($1, $2, $3)
ON CONFLICT (partner, message_id) DO NOTHING
RETURNING message_id;

-- as4_message_forget: messages too old to be believed are no duplicates any more
DELETE FROM as4_message WHERE received_at < $1 RETURNING message_id;


-- token_add: lets somebody in
INSERT INTO access_token (sha256, kind, subject, note, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6);

-- token_find: whose token this is, if it is good now
SELECT sha256, kind, subject, note, created_at, expires_at, revoked_at FROM access_token
WHERE sha256 = $1 AND expires_at > $2 AND revoked_at IS NULL;

-- token_revoke: shuts somebody out
UPDATE access_token SET revoked_at = $2 WHERE sha256 = $1 AND revoked_at IS NULL RETURNING sha256;

-- tokens: every token ever given
SELECT sha256, kind, subject, note, created_at, expires_at, revoked_at FROM access_token ORDER BY created_at, subject;


-- log_add: what happened, in the transaction in which it happened
INSERT INTO log_entry (at, event, subject, body) VALUES ($1, $2, $3, $4) RETURNING id;

-- log_lock: there is one sequencer
SELECT pg_advisory_xact_lock(hashtextextended('log', 0));

-- log_without_position: entries that are not in the tree yet
SELECT id, body FROM log_entry WHERE position IS NULL ORDER BY id LIMIT $1;

-- log_place: gives entries their positions in the tree, for ever
UPDATE log_entry e SET position = placed.position
FROM unnest($1::bigint[], $2::bigint[]) AS placed (id, position) WHERE e.id = placed.id;

-- log_nodes_add: the hashes of subtrees that have become complete
INSERT INTO log_node (level, index, hash) SELECT * FROM unnest($1::smallint[], $2::bigint[], $3::bytea[]);

-- log_nodes: the hashes of these complete subtrees
SELECT n.level, n.index, n.hash FROM unnest($1::smallint[], $2::bigint[]) AS wanted (level, index)
JOIN log_node n USING (level, index);

-- log_head_add: a signed head of the tree
INSERT INTO log_head (size, root, at, signed) VALUES ($1, $2, $3, $4);

-- log_head: the newest signed head
SELECT size, root, at, signed FROM log_head ORDER BY size DESC LIMIT 1;

-- log_head_at: the signed head of just that size
SELECT size, root, at, signed FROM log_head WHERE size = $1;

-- log_entry_get: one entry
SELECT id, at, event, subject, body, position FROM log_entry WHERE id = $1;

-- log_entries: the entries from a position on
SELECT id, at, event, subject, body, position FROM log_entry WHERE position >= $1 ORDER BY position LIMIT $2;

-- log_entries_of_people: who was let in, held up, made, confirmed, and who asked for names, before an entry, the newest first
SELECT id, at, event, subject, body, position FROM log_entry
WHERE event ~ '^(person|signed|sign|password|token|rescue)-' AND id < $1 ORDER BY id DESC LIMIT $2;

-- log_entries_of_submission: all that happened to a submission
SELECT id, at, event, subject, body, position FROM log_entry WHERE subject ->> 'submission' = $1 ORDER BY id;


-- retention_submissions: what lines sent before a time can never be read again
UPDATE submission SET wrapped = NULL, answer_wrapped = NULL
WHERE received_at < $1 AND state <> 'received' AND (wrapped IS NOT NULL OR answer_wrapped IS NOT NULL)
RETURNING id;

-- retention_manifests: lists received before a time can never be read again, once nothing of them is still to be sent
UPDATE manifest m SET wrapped = NULL
WHERE m.received_at < $1 AND m.wrapped IS NOT NULL
    AND NOT EXISTS (SELECT FROM delivery d WHERE d.manifest_id = m.id AND d.state = 'waiting')
RETURNING m.id;

-- retention_envelopes: settled envelopes of lists received before a time are gone
UPDATE delivery d SET envelope = NULL
FROM manifest m
WHERE m.id = d.manifest_id AND m.received_at < $1 AND d.state <> 'waiting' AND d.envelope IS NOT NULL
RETURNING d.id;

-- retention_responses: what single windows answered to lists received before a time can never be read again
UPDATE response r SET wrapped = NULL
FROM response one LEFT JOIN delivery d ON d.id = one.delivery_id LEFT JOIN manifest m ON m.id = d.manifest_id
WHERE one.id = r.id AND r.state <> 'waiting' AND r.wrapped IS NOT NULL AND coalesce(m.received_at, r.received_at) < $1
RETURNING r.id;

-- retention_series: versions received before a time can never be compared with again
UPDATE series_current SET wrapped = NULL WHERE received_at < $1 AND wrapped IS NOT NULL RETURNING series;

-- retention_shapes: what lists received before a time looked like is no measure any more
DELETE FROM list_shape WHERE received_at < $1 RETURNING manifest_id;


-- clock: the database's time, at the start of this transaction
SELECT now();

-- notify: says "look now"; twice in a transaction is once
SELECT pg_notify($1, '');


-- What a line sent, for its own pages.

-- sent_search: what this carrier sent before an arrival number, by call, day and outcome, newest first, with its lists and deliveries
SELECT s.id, s.arrival, s.channel, s.received_at, s.files, s.state, s.format, s.persons, s.errors, s.warnings,
    coalesce((SELECT jsonb_agg(jsonb_build_object('kind', m.kind, 'persons', m.persons, 'vessel', coalesce(m.vessel_name, m.vessel_imo),
        'departure', m.departure_port, 'arrival', m.arrival_port, 'call', m.call_id) ORDER BY m.number)
        FROM manifest m WHERE m.submission_id = s.id), '[]') AS lists,
    coalesce((SELECT jsonb_object_agg(one.state, one.n) FROM (
        SELECT d.state, count(*) AS n FROM delivery d JOIN manifest m ON m.id = d.manifest_id
        WHERE m.submission_id = s.id GROUP BY d.state) one), '{}') AS deliveries
FROM submission s
WHERE s.carrier = $1 AND s.arrival < $2
    AND ($3::text IS NULL OR s.options ->> 'call' = $3
        OR EXISTS (SELECT FROM manifest m WHERE m.submission_id = s.id AND m.call_id = $3))
    AND ($4::timestamptz IS NULL OR s.received_at >= $4 AND s.received_at < $4 + interval '1 day')
    AND ($5::text IS NULL OR CASE $5 WHEN 'waiting' THEN s.state = 'received' WHEN 'failed' THEN s.state = 'failed'
        WHEN 'errors' THEN s.errors > 0 ELSE s.errors = 0 END)
ORDER BY s.arrival DESC LIMIT $6;

-- sent_changed: open alarms of these kinds about this carrier's lists
SELECT at, text FROM alarm
WHERE kind = ANY($1::text[]) AND starts_with(subject, $2) AND closed_at IS NULL ORDER BY last_at DESC LIMIT 5;


-- The sandbox.

-- trial_count: how many of this carrier's trials wait
SELECT count(*) FROM trial WHERE carrier = $1 AND state = 'received';

-- trial_add: stores a trial, unless the very same one of this carrier waits already
INSERT INTO trial (id, carrier, sha256, size, files, received_at, options, sealed, wrapped, key_id)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
ON CONFLICT (carrier, sha256, options) WHERE state = 'received' DO NOTHING
RETURNING id, arrival, carrier, sha256, size, files, received_at, options, state, format, persons, errors, warnings, processed_at;

-- trial_same: the same one that waits
SELECT id, arrival, carrier, sha256, size, files, received_at, options, state, format, persons, errors, warnings, processed_at
FROM trial WHERE carrier = $1 AND sha256 = $2 AND options = $3 AND state = 'received';

-- trial_get: one trial of this carrier, unless its time is over
SELECT id, arrival, carrier, sha256, size, files, received_at, options, state, format, persons, errors, warnings, processed_at
FROM trial WHERE id = $1 AND carrier = $2 AND received_at >= $3;

-- trial_page: this carrier's trials, newest first, but those whose time is over
SELECT id, arrival, carrier, sha256, size, files, received_at, options, state, format, persons, errors, warnings, processed_at
FROM trial WHERE carrier = $1 AND received_at >= $2 ORDER BY arrival DESC LIMIT $3;

-- trial_sealed: the sealed bytes as sent
SELECT sealed, wrapped, key_id FROM trial WHERE id = $1;

-- trial_answer: the sealed answer, once there is one
SELECT answer_sealed AS sealed, answer_wrapped AS wrapped, answer_key_id AS key_id
FROM trial WHERE id = $1 AND answer_sealed IS NOT NULL;

-- trial_fail_exhausted: gives up trials whose last permitted attempt never came back
UPDATE trial SET state = 'failed', lease = NULL, processed_at = now()
WHERE state = 'received' AND run_at <= now() AND attempts >= $1
RETURNING id;

-- trial_claim: takes the oldest trial that is due, if no submission waits: what counts comes first
WITH due AS (
    SELECT id FROM trial WHERE state = 'received' AND run_at <= now()
        AND NOT EXISTS (SELECT FROM submission WHERE state = 'received' AND run_at <= now())
    ORDER BY run_at, arrival LIMIT 1 FOR UPDATE SKIP LOCKED)
UPDATE trial t
SET attempts = attempts + 1, lease = gen_random_uuid(), run_at = now() + $1 * interval '1 second'
FROM due WHERE t.id = due.id
RETURNING t.id, t.arrival, t.carrier, t.sha256, t.files, t.received_at, t.options, t.sealed, t.wrapped, t.key_id, t.attempts, t.lease;

-- trial_settle: the answer is there; only the holder of the lease may say so
UPDATE trial
SET state = 'processed', lease = NULL, answer_sealed = $3, answer_wrapped = $4, answer_key_id = $5, format = $6,
    persons = $7, errors = $8, warnings = $9, processed_at = $10, passed = $11
WHERE id = $1 AND lease = $2 AND state = 'received'
RETURNING id;

-- trial_passed: what this carrier's trials of the last day showed without an error
SELECT sha256, passed FROM trial WHERE carrier = $1 AND received_at >= $2 AND passed <> '[]' ORDER BY arrival;

-- trial_forget: what was tried before a time is gone
DELETE FROM trial WHERE received_at < $1 RETURNING id;

-- trial_kinds: of whom this carrier's own lists were in each format, as far as they are remembered
SELECT DISTINCT shape ->> 'format' AS format, kind FROM list_shape WHERE carrier = $1;

-- certificate_keep: the newest certificate of this line for this format
INSERT INTO pass_certificate (carrier, format, rules, issued_at, document) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (carrier, format) DO UPDATE
SET rules = excluded.rules, issued_at = excluded.issued_at, document = excluded.document;

-- certificates: the certificates of this carrier
SELECT format, rules, issued_at, document FROM pass_certificate WHERE carrier = $1 ORDER BY format;
-- account_add: a person who may sign in
INSERT INTO account (id, name, email, kind, subject, provider, provider_subject, created_at, created_by, enrolled_at, confirm_code)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
ON CONFLICT DO NOTHING RETURNING id;

-- account_named: one by its name
SELECT id, name, email, kind, subject, provider, password, totp, totp_wrapped, totp_key_id, totp_used, recovery, created_at, created_by, enrolled_at, disabled_at,
    confirm_code, confirmed_by, confirmed_at
FROM account WHERE name = $1;

-- account_of_provider: the one that a provider means
SELECT id, name, email, kind, subject, provider, password, totp, totp_wrapped, totp_key_id, totp_used, recovery, created_at, created_by, enrolled_at, disabled_at,
    confirm_code, confirmed_by, confirmed_at
FROM account WHERE provider = $1 AND provider_subject = $2;

-- accounts: all of them, the disabled ones too
SELECT id, name, email, kind, subject, provider, password, totp, totp_wrapped, totp_key_id, totp_used, recovery, created_at, created_by, enrolled_at, disabled_at,
    confirm_code, confirmed_by, confirmed_at
FROM account ORDER BY name;

-- account_keys: the identities that secrets of accounts are sealed to
SELECT DISTINCT totp_key_id FROM account WHERE totp_key_id IS NOT NULL;

-- account_enrol: a password, an app and recovery codes of its own
UPDATE account SET password = $2, totp = $3, totp_wrapped = $4, totp_key_id = $5, totp_used = $6, recovery = $7, enrolled_at = $8
WHERE id = $1;

-- account_forget: nothing lets it in but a new link, and where it comes near names a colleague's word
UPDATE account SET password = NULL, totp = NULL, totp_wrapped = NULL, totp_key_id = NULL, recovery = '{}', enrolled_at = NULL, confirm_code = $2
WHERE id = $1;

-- account_password: another password, or the same one hashed anew
UPDATE account SET password = $2 WHERE id = $1 AND password IS NOT NULL;

-- account_use_step: a code of the app, good once; nothing comes back where that step was used
UPDATE account SET totp_used = $2 WHERE id = $1 AND totp_used < $2 AND totp IS NOT NULL AND disabled_at IS NULL RETURNING id;

-- account_use_recovery: a recovery code, good once
UPDATE account SET recovery = array_remove(recovery, $2) WHERE id = $1 AND $2 = ANY (recovery) AND disabled_at IS NULL RETURNING id;

-- account_role: what it may do from now on
UPDATE account SET kind = $2, subject = $3, confirm_code = $4 WHERE id = $1;

-- account_lock: one by its name, nobody else's to change before the transaction ends
SELECT id, name, email, kind, subject, provider, password, totp, totp_wrapped, totp_key_id, totp_used, recovery, created_at, created_by, enrolled_at, disabled_at,
    confirm_code, confirmed_by, confirmed_at
FROM account WHERE name = $1 FOR UPDATE;

-- account_confirm: a colleague vouches for its owner
UPDATE account SET confirm_code = NULL, confirmed_by = $2, confirmed_at = $3 WHERE id = $1;

-- accounts_wait: whether anybody who has signed in waits for a colleague's word
SELECT EXISTS (SELECT FROM account WHERE confirm_code IS NOT NULL AND enrolled_at IS NOT NULL AND disabled_at IS NULL);

-- accounts_confirmed: whether anybody ever was confirmed here
SELECT EXISTS (SELECT FROM account WHERE confirmed_at IS NOT NULL);

-- account_disable: lets nobody in any more
UPDATE account SET disabled_at = $2 WHERE name = $1 AND disabled_at IS NULL RETURNING id;

-- enrolment_add: a link
INSERT INTO enrolment (sha256, account, totp, totp_wrapped, totp_key_id, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7);

-- enrolment_find: whose link this is, if it is good now
SELECT a.id, a.name, a.email, a.kind, e.totp, e.totp_wrapped, e.totp_key_id, a.confirm_code IS NOT NULL AS waits
FROM enrolment e JOIN account a ON a.id = e.account
WHERE e.sha256 = $1 AND e.expires_at > $2 AND a.disabled_at IS NULL;

-- enrolment_use: good once
DELETE FROM enrolment WHERE sha256 = $1 AND expires_at > $2 RETURNING account;

-- enrolment_end: no older link of this account is good any more
DELETE FROM enrolment WHERE account = $1;

-- session_add: somebody is in
INSERT INTO session (sha256, account, token, created_at, seen_at, idle_seconds, expires_at) VALUES ($1, $2, $3, $4, $4, $5, $6);

-- session_find: whose it is, if it is good now and what it stands on still is
SELECT s.sha256, s.account, s.seen_at, coalesce(a.kind, t.kind) AS kind, coalesce(a.subject, t.subject) AS subject, coalesce(a.name, t.subject) AS name,
    a.confirm_code IS NOT NULL AS waits
FROM session s LEFT JOIN account a ON a.id = s.account LEFT JOIN access_token t ON t.sha256 = s.token
WHERE s.sha256 = $1 AND s.expires_at > $2 AND s.seen_at + make_interval(secs => s.idle_seconds) > $2
    AND CASE WHEN s.account IS NULL THEN t.revoked_at IS NULL AND t.expires_at > $2 ELSE a.disabled_at IS NULL END;

-- session_seen: somebody asked for something
UPDATE session SET seen_at = $2 WHERE sha256 = $1 AND seen_at < $2;

-- session_end: signed out
DELETE FROM session WHERE sha256 = $1;

-- sessions_end: signed out everywhere
DELETE FROM session WHERE account = $1;

-- sessions_forget: those that are long over
DELETE FROM session WHERE expires_at <= $1 OR seen_at + make_interval(secs => idle_seconds) <= $1;

-- try_lock: one try of a network, and one of a name, at a time; every try locks in this order
SELECT pg_advisory_xact_lock(1752461, hashtext($1)), pg_advisory_xact_lock(1852403, hashtext(encode($2, 'hex')));

-- tries: failures since a time: of the name from the network, of the name from everywhere, of the network; and whether it is known there
SELECT
    coalesce(sum(failures) FILTER (WHERE name = $1 AND network = $2), 0)::integer AS here,
    max(last_at) FILTER (WHERE name = $1 AND network = $2) AS here_last,
    coalesce(sum(failures) FILTER (WHERE name = $1), 0)::integer AS of_name,
    max(last_at) FILTER (WHERE name = $1) AS of_name_last,
    coalesce(sum(failures) FILTER (WHERE network = $2), 0)::integer AS of_network,
    max(last_at) FILTER (WHERE network = $2) AS of_network_last
FROM sign_in_try WHERE (name = $1 OR network = $2) AND last_at > $3;

-- try_is_known: whether this name has got in from this network
SELECT EXISTS (SELECT FROM sign_in_try WHERE name = $1 AND network = $2 AND known_at IS NOT NULL);

-- try_add: one more, counted as a failure before it is looked at
INSERT INTO sign_in_try (name, network, failures, last_at) VALUES ($1, $2, 1, $3)
ON CONFLICT (name, network) DO UPDATE
SET failures = CASE WHEN sign_in_try.last_at > $4 THEN sign_in_try.failures ELSE 0 END + 1, last_at = $3;

-- try_right: it was right
UPDATE sign_in_try SET failures = 0, known_at = $3 WHERE name = $1 AND network = $2;

-- tries_held_up: accounts with so many failures from one network, or from everywhere; the networks that have the most
SELECT a.name, sum(t.failures)::integer AS failures, count(*)::integer AS places,
    (array_agg(t.network ORDER BY t.failures DESC, t.network))[:3] AS networks
FROM account a JOIN sign_in_try t ON t.name = sha256(convert_to(a.name, 'UTF8'))
WHERE t.last_at > $1 AND t.failures > 0 AND a.disabled_at IS NULL
GROUP BY a.name HAVING max(t.failures) >= $2 OR sum(t.failures) >= $3 ORDER BY a.name;

-- tries_burst: failures of all names where one failed since a time; the networks that have the most
SELECT coalesce(sum(failures), 0)::integer AS failures, count(DISTINCT name)::integer AS names, count(DISTINCT network)::integer AS places,
    ARRAY (SELECT network FROM sign_in_try WHERE last_at > $1 GROUP BY network ORDER BY sum(failures) DESC, network LIMIT 3) AS networks
FROM sign_in_try WHERE last_at > $1;

-- tries_forget: what counts no more
DELETE FROM sign_in_try WHERE last_at <= $1 AND (known_at IS NULL OR known_at <= $2);
-- Calls and what was said of them.

-- calls_say: one at a time: two who tell of one sailing must see each other
SELECT pg_advisory_xact_lock(7102452841);

-- calls_of_ids: the calls of these ids, or of these own ids of a source
SELECT data FROM call
WHERE id = ANY($1::text[]) OR id IN (SELECT call_id FROM call_said WHERE own_id = ANY($1::text[]))
ORDER BY id FOR UPDATE;

-- calls_of_visits: the calls of these visits, in small letters
SELECT data FROM call
WHERE (lower(data->>'arrival_visit_id') = ANY($1::text[]) AND data ? 'arrival_visit_id')
    OR (lower(data->>'departure_visit_id') = ANY($1::text[]) AND data ? 'departure_visit_id')
ORDER BY id FOR UPDATE;

-- calls_of_ships: the calls of these ships in a time, and those of ships without a number; for a ship that is only named, all that were only seen
SELECT data FROM call
WHERE (departs_at BETWEEN $2 AND $3 OR arrives_at BETWEEN $2 AND $3)
    AND (imo = ANY($1::text[]) OR imo IS NULL OR ($4 AND data->>'announced' = 'false'))
ORDER BY id FOR UPDATE;

-- calls_unscheduled: of the ships of `calls_of_ships`, the calls that no schedule holds
SELECT data FROM call c
WHERE (departs_at BETWEEN $2 AND $3 OR arrives_at BETWEEN $2 AND $3) AND (imo = ANY($1::text[]) OR imo IS NULL OR $4)
    AND NOT EXISTS (SELECT FROM call_said s WHERE s.call_id = c.id AND s.voice = 'schedule')
ORDER BY id FOR UPDATE;

-- calls_held: those of these calls on which something hangs that is about them alone: lists, events on board, points, rescues
SELECT id FROM call c
WHERE id = ANY($1::text[]) AND (
    EXISTS (SELECT FROM manifest WHERE call_id = c.id) OR EXISTS (SELECT FROM call_event WHERE call_id = c.id)
    OR EXISTS (SELECT FROM reconciliation WHERE call_id = c.id) OR EXISTS (SELECT FROM contest WHERE call_id = c.id)
    OR EXISTS (SELECT FROM rescue WHERE call_id = c.id));

-- call_times_move: the history of one call goes on in another's, as far as that has none of a time
UPDATE call_time t SET call_id = $2
WHERE call_id = $1 AND NOT EXISTS (SELECT FROM call_time k WHERE k.call_id = $2 AND k.name = t.name)
RETURNING name;

-- call_forget: this call turned out to be another one, which has taken over all that is said of it
WITH times AS (DELETE FROM call_time WHERE call_id = $1), said AS (DELETE FROM call_said WHERE call_id = $1)
DELETE FROM call WHERE id = $1;

-- call_sayings: what was said of these calls
SELECT call_id, said FROM call_said WHERE call_id = ANY($1::text[]) ORDER BY call_id, voice;

-- call_words: what was said in a message, and of which call
SELECT call_id, said FROM call_said WHERE said ->> 'message' = $1 AND said ? 'message' ORDER BY call_id;

-- calls_said: each voice's word about its call, in the place of the one before
INSERT INTO call_said (call_id, voice, own_id, said)
SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::jsonb[])
ON CONFLICT (call_id, voice) DO UPDATE SET own_id = excluded.own_id, said = excluded.said;


-- unplaced_keep: this waits for a decision, in the place of what was said of the same before
INSERT INTO unplaced (subject, said, rivals, heard_at) VALUES ($1, $2, $3, $4)
ON CONFLICT (subject) DO UPDATE SET said = excluded.said, rivals = excluded.rivals;

-- unplaced_done: of these the call is known
DELETE FROM unplaced WHERE subject = ANY($1::text[]);

-- unplaced_forget: what nobody decided for long
DELETE FROM unplaced WHERE heard_at < $1;

-- unplaced_all: all that waits for a decision, oldest first
SELECT id, said, rivals, heard_at FROM unplaced ORDER BY id;

-- unplaced_of_call: what may be about this call
SELECT id, said, rivals, heard_at FROM unplaced WHERE rivals @> ARRAY[$1::text] ORDER BY id;

-- unplaced_one: one of them, held until the transaction ends
SELECT id, said, rivals, heard_at FROM unplaced WHERE id = $1 FOR UPDATE;
-- Persons on board, and compliance: how carriers do, what excuses them, what they contest, what is closed.

-- filings_judged: every list of these calls that counts, one row a kind, oldest first, as `track.Filing` has it
SELECT jsonb_build_object(
    'call', m.call_id, 'submission', m.submission_id, 'kind', p.kind, 'of_everybody', m.kind = 'mixed' AND m.persons > 0,
    'received_at', m.received_at, 'version', p.version, 'purposes', m.purposes, 'persons', p.listed, 'counts', m.counts,
    'missing', p.missing, 'errors', p.errors, 'deadlines', m.deadlines, 'withdrawn', m.function = 'cancel',
    'is_change', m.function = 'change', 'changes', p.changes, 'quality', p.quality, 'answered_at', s.processed_at)::text AS filing
FROM manifest m JOIN manifest_part p ON p.manifest_id = m.id JOIN submission s ON s.id = m.submission_id
WHERE m.call_id = ANY($1::text[]) AND NOT p.outdated ORDER BY m.arrival, m.number, p.kind DESC;

-- call_event_add: somebody reports what happened on board, unless just this was reported before
INSERT INTO call_event (id, revision, call_id, kind, at, persons, by, reported_at, reason, withdrawn, key_hash)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
ON CONFLICT DO NOTHING RETURNING id;

-- call_event_first: the first revision of an event
SELECT call_id, kind, by FROM call_event WHERE id = $1 ORDER BY revision LIMIT 1;

-- call_event_known: an event by its id and revision, or by its Idempotency-Key
SELECT id, revision, call_id AS call, kind, at, persons, by, reported_at, reason, withdrawn, (by = $3 AND key_hash = $4) IS TRUE AS has_key
FROM call_event WHERE (id = $1 AND revision = $2) OR (by = $3 AND key_hash = $4) ORDER BY has_key DESC, id LIMIT 1;

-- call_events: what was reported of these calls, in the order in which it happened
SELECT id, revision, call_id AS call, kind, at, persons, by, reported_at, reason, withdrawn FROM call_event
WHERE call_id = ANY($1::text[]) ORDER BY at, id, revision;

-- calls_measured: the calls that are under way in a time, of one carrier, one port, one route, or all; nobody's count against nobody
SELECT id FROM call
WHERE carrier <> '' AND coalesce(departs_at, arrives_at) >= $1 AND coalesce(departs_at, arrives_at) < $2 AND coalesce(arrives_at, departs_at) >= $3
    AND ($4::text IS NULL OR carrier = $4)
    AND ($5::text IS NULL OR departure_port = $5 OR arrival_port = $5)
    AND ($6::text IS NULL OR departure_port = $6) AND ($7::text IS NULL OR arrival_port = $7)
ORDER BY coalesce(departs_at, arrives_at), id;

-- calls_as_text: these calls
SELECT data::text AS call FROM call WHERE id = ANY($1::text[]) ORDER BY coalesce(departs_at, arrives_at), id;

-- arrivals_told: what the estimated arrivals of these calls were when
SELECT call_id, noted_at, value FROM call_time WHERE name = 'eta' AND call_id = ANY($1::text[]) ORDER BY noted_at;

-- messages_ended: messages about the lists of these calls whose end is known, and whose affair it is that one was not accepted
SELECT m.call_id, count(*) AS ended,
    count(*) FILTER (WHERE r.verdict IN ('rejected', 'incomplete') AND r.fault IS DISTINCT FROM 'gateway') AS carrier,
    count(*) FILTER (WHERE r.fault = 'gateway' OR (d.state = 'refused' AND r.verdict IS NULL)) AS gateway,
    count(*) FILTER (WHERE d.state = 'given-up') AS authority
FROM manifest m JOIN delivery d ON d.manifest_id = m.id
LEFT JOIN LATERAL (
    SELECT verdict, fault FROM response WHERE delivery_id = d.id AND verdict IS NOT NULL
    ORDER BY received_at DESC, id DESC LIMIT 1) r ON true
WHERE m.call_id = ANY($1::text[]) AND d.state IN ('accepted', 'refused', 'given-up')
GROUP BY m.call_id;

-- submissions_measured: how many each carrier handed in in a time, and of how many nothing could be read
SELECT carrier, count(*) AS received,
    count(*) FILTER (WHERE NOT EXISTS (SELECT FROM manifest m WHERE m.submission_id = s.id)) AS unreadable
FROM submission s
WHERE received_at >= $1 AND received_at < $2 AND state = 'processed' AND ($3::text IS NULL OR carrier = $3)
GROUP BY carrier;

-- receipts_in_log: where the log holds the receiving of these submissions
SELECT subject ->> 'submission' AS submission, id FROM log_entry
WHERE subject ->> 'submission' = ANY($1::text[]) AND event = $2;

-- outage_add: something that carriers depend on was down
INSERT INTO outage (id, since, until, what, carrier, declared_by, declared_at) VALUES ($1, $2, $3, $4, $5, $6, $7);

-- outages: those that touch a time, also those that were taken back, oldest first
SELECT id::text AS id, since, until, what, carrier, declared_by, declared_at, withdrawn_by, withdrawn_at FROM outage
WHERE since < $2 AND until >= $1 ORDER BY since, id;

-- outage_lock: one, held until the transaction ends
SELECT id::text AS id, since, until, what, carrier, declared_by, declared_at, withdrawn_by, withdrawn_at FROM outage WHERE id = $1 FOR UPDATE;

-- outage_withdraw: it excuses nothing any more
UPDATE outage SET withdrawn_by = $2, withdrawn_at = $3 WHERE id = $1;

-- outage_last_withdrawn: when one that touched a time, for one line or for all, was last taken back
SELECT max(withdrawn_at) FROM outage WHERE since <= $2 AND until >= $1 AND ($3::text IS NULL OR carrier IS NULL OR carrier = $3);

-- reconciliation_add: what the border found of a call's persons
INSERT INTO reconciliation (call_id, reported_at, checked, agreed, by) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (call_id, reported_at) DO NOTHING;

-- reconciliations: the newest of each of these calls
SELECT DISTINCT ON (call_id) call_id, checked, agreed FROM reconciliation
WHERE call_id = ANY($1::text[]) ORDER BY call_id, reported_at DESC;

-- contest_add: a carrier contests a lost point, once
INSERT INTO contest (id, carrier, metric, call_id, obligation, lost_at, reason, submission_id, contested_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (metric, call_id, obligation) DO NOTHING RETURNING id;

-- contest_lock: one contest, held until the transaction ends
SELECT id, carrier, metric, call_id, obligation, lost_at, reason, submission_id, contested_at, state, decided_by, decided_at, decision
FROM contest WHERE id = $1 FOR UPDATE;

-- contests: of one carrier, in one state, or all, newest first
SELECT id, carrier, metric, call_id, obligation, lost_at, reason, submission_id, contested_at, state, decided_by, decided_at, decision
FROM contest WHERE ($1::text IS NULL OR carrier = $1) AND ($2::text IS NULL OR state = $2)
ORDER BY contested_at DESC, id LIMIT $3;

-- contests_open: how many points lost in a time are contested and not decided
SELECT count(*) FROM contest WHERE state = 'open' AND lost_at >= $1 AND lost_at < $2;

-- contests_upheld: the points of these calls that the desk gave back
SELECT call_id, metric, obligation FROM contest WHERE call_id = ANY($1::text[]) AND state = 'upheld';

-- contest_decide: what the desk decided
UPDATE contest SET state = $2, decision = $3, decided_by = $4, decided_at = $5 WHERE id = $1;

-- period_lock: one period is closed at a time, and nobody contests meanwhile
SELECT pg_advisory_xact_lock(hashtextextended('periods', 0));

-- period_add: its scores are these from now on
INSERT INTO period (id, since, until, closed_by, closed_at, terms, cards, digest) VALUES ($1, $2, $3, $4, $5, $6, $7, $8);

-- periods: all that are closed, newest first
SELECT id, since, until, closed_by, closed_at, terms, digest FROM period ORDER BY since DESC;

-- period_touching: a closed period that shares a moment with this time
SELECT id, since, until, closed_by, closed_at, terms, digest FROM period WHERE (since < $2 AND until > $1) OR (since <= $1 AND until > $1) ORDER BY since LIMIT 1;

-- period_cards: the cards as they were
SELECT cards FROM period WHERE id = $1;
-- Alarms (what is open) and alerts (who is told of it); alerts leave in messages, one an address at a time.

-- alarm_raise: a person must look at this; the same open matter is counted, not repeated
INSERT INTO alarm (kind, subject, text, concerns, deadline) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (kind, subject) WHERE closed_at IS NULL
DO UPDATE SET last_at = now(), times = alarm.times + 1, text = excluded.text, concerns = excluded.concerns,
    deadline = excluded.deadline
RETURNING id;

-- alerts_forget: who was told of what was settled before a time
DELETE FROM alert a USING alarm l WHERE l.id = a.alarm_id AND l.closed_at < $1;

-- alarms_forget: what was settled before a time
DELETE FROM alarm WHERE closed_at < $1 RETURNING id;

-- alert_messages_forget: messages of which nothing is left
DELETE FROM alert_message m WHERE settled_at < $1 AND NOT EXISTS (SELECT FROM alert a WHERE a.message_id = m.id);

-- alarms_open: matters that are not settled, the latest first; with a port, those of that port
SELECT id, at, last_at, times, kind, subject, text, concerns, deadline, acknowledged_at, acknowledged_by, closed_at,
    closed_because
FROM alarm
WHERE closed_at IS NULL AND ($2::text IS NULL OR concerns -> 'ports' ? $2) AND ($3::text[] IS NULL OR kind = ANY($3))
ORDER BY last_at DESC, id DESC LIMIT $1;

-- alarms_of: alarms of these kinds that are open, or that concern these calls
SELECT id, at, last_at, times, kind, subject, text, concerns, deadline, acknowledged_at, acknowledged_by, closed_at,
    closed_because
FROM alarm
WHERE kind = ANY($1::text[]) AND (closed_at IS NULL OR concerns ->> 'call' = ANY($2::text[])) ORDER BY id;

-- deadlines_lock: one gateway at a time judges the deadlines
SELECT pg_advisory_xact_lock(hashtextextended('deadlines', 0));

-- alarm_lock: one alarm, held until the transaction ends
SELECT id, at, last_at, times, kind, subject, text, concerns, deadline, acknowledged_at, acknowledged_by, closed_at,
    closed_because
FROM alarm WHERE id = $1 FOR UPDATE;

-- alarm_acknowledge: somebody looks after it; a matter whose end nobody else can see is settled by that
UPDATE alarm
SET acknowledged_at = $2::timestamptz, acknowledged_by = $3, escalating = false,
    closed_at = CASE WHEN $4::boolean THEN $2::timestamptz END, closed_because = CASE WHEN $4 THEN 'acknowledged' END, end_told = $4
WHERE id = $1 AND acknowledged_at IS NULL AND closed_at IS NULL;

-- alarms_close: these matters are settled; $3: those who were told need not hear of it
UPDATE alarm SET closed_at = now(), closed_because = $2, end_told = $3, escalating = false
WHERE id = ANY($1::bigint[]) AND closed_at IS NULL RETURNING id;

-- alarms_close_about: the matter of these kinds about this subject is settled
UPDATE alarm SET closed_at = now(), closed_because = $3, escalating = false
WHERE kind = ANY($1::text[]) AND subject = $2 AND closed_at IS NULL RETURNING id;

-- alarms_close_reached: nothing that was tried in vain waits for this recipient any more
UPDATE alarm SET closed_at = now(), closed_because = $2, escalating = false
WHERE kind = 'recipient-out-of-reach' AND subject = $1 AND closed_at IS NULL AND NOT EXISTS (
    SELECT FROM delivery WHERE recipient = $1 AND state = 'waiting' AND last_outcome IS NOT NULL)
RETURNING id;

-- alarms_close_others: matters of these kinds about any other subject are settled
UPDATE alarm SET closed_at = now(), closed_because = $3, escalating = false
WHERE kind = ANY($1::text[]) AND subject <> ALL($2::text[]) AND closed_at IS NULL RETURNING id;

-- alarms_close_accepted: what was open about this delivery, and about older ones that it replaces, is settled
UPDATE alarm SET closed_at = now(), closed_because = $3, escalating = false
WHERE kind = ANY($1::text[]) AND closed_at IS NULL AND subject IN (
    SELECT older.id::text FROM delivery d
    JOIN delivery older ON older.sequence_key = d.sequence_key
        AND (older.id = d.id OR d.replaces AND (older.arrival, older.version) < (d.arrival, d.version))
    WHERE d.id = $2)
RETURNING id;

-- alarms_unacknowledged: how many alarms are open that nobody has acknowledged
SELECT count(*) FROM alarm WHERE closed_at IS NULL AND acknowledged_at IS NULL;

-- alerts_drop: nobody need be told of these matters any more, except where the message is on its way
UPDATE alert a SET state = 'dropped', settled_at = now()
WHERE a.alarm_id = ANY($1::bigint[]) AND a.news = 'opened' AND a.state = 'waiting' AND NOT EXISTS (
    SELECT FROM alert_message m WHERE m.id = a.message_id AND m.in_doubt);

-- alerts_drop_escalated: what was to be passed on of this matter and has not left yet
UPDATE alert a SET state = 'dropped', settled_at = now()
WHERE a.alarm_id = $1 AND a.news = 'opened' AND a.instead_of <> '' AND a.state = 'waiting' AND NOT EXISTS (
    SELECT FROM alert_message m WHERE m.id = a.message_id AND m.in_doubt);

-- alarms_untold: new alarms, and those that are over, of which nobody has been told; nobody else tells of them meanwhile
SELECT id, at, last_at, times, kind, subject, text, concerns, deadline, acknowledged_at, acknowledged_by, closed_at,
    closed_because
FROM alarm WHERE NOT told AND closed_at IS NULL OR NOT end_told AND closed_at IS NOT NULL
ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED;

-- alarms_escalating: alarms that nobody has acknowledged yet and that somebody further may have to hear of
SELECT id, at, last_at, times, kind, subject, text, concerns, deadline, acknowledged_at, acknowledged_by, closed_at,
    closed_because
FROM alarm WHERE escalating AND told AND acknowledged_at IS NULL AND closed_at IS NULL
ORDER BY id FOR UPDATE SKIP LOCKED;

-- alarm_told: whoever is to know of it stands in `alert`
UPDATE alarm SET told = true, escalating = $2 WHERE id = $1;

-- alarm_escalated: there is nobody further
UPDATE alarm SET escalating = false WHERE id = $1;

-- alarm_end_told: whoever is to know that it is over stands in `alert`
UPDATE alarm SET told = true, end_told = true WHERE id = $1;

-- alert_add: this address is told this of this alarm, once
INSERT INTO alert (id, alarm_id, news, party, channel, address, instead_of, due_at)
VALUES (gen_random_uuid(), $1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (alarm_id, news, channel, address) DO NOTHING;

-- alerts_of_alarms: who was told of these alarms, or is to be
SELECT a.alarm_id, a.news, a.party, a.channel, a.address, a.instead_of, a.due_at,
    CASE WHEN a.state = 'waiting' AND m.in_doubt THEN 'in-doubt' ELSE a.state END AS state
FROM alert a LEFT JOIN alert_message m ON m.id = a.message_id
WHERE a.alarm_id = ANY($1::bigint[]) ORDER BY a.alarm_id, a.due_at, a.party, a.address;

-- alert_message_make: what is due and stands in no message yet, one message for each address; after a mail an address has its peace for $1 seconds
WITH due AS (
    SELECT a.id, a.channel, a.address FROM alert a
    WHERE a.state = 'waiting' AND a.message_id IS NULL AND a.due_at <= now()
        AND (a.channel <> 'email' OR NOT EXISTS (
            SELECT FROM alert_message m
            WHERE m.channel = a.channel AND m.address = a.address AND m.created_at > now() - $1 * interval '1 second'))
    ORDER BY a.due_at LIMIT 1000 FOR UPDATE SKIP LOCKED),
made AS (
    INSERT INTO alert_message (id, channel, address)
    SELECT gen_random_uuid(), channel, address FROM (SELECT DISTINCT channel, address FROM due) d
    RETURNING id, channel, address)
UPDATE alert a SET message_id = made.id
FROM due JOIN made USING (channel, address) WHERE a.id = due.id;

-- alert_messages_emptied: of what these were to tell, nothing is left
UPDATE alert_message m SET state = 'dropped', lease = NULL, settled_at = now()
WHERE m.state = 'waiting' AND NOT m.in_doubt AND NOT EXISTS (
    SELECT FROM alert a WHERE a.message_id = m.id AND a.state = 'waiting');

-- alert_message_claim: takes due messages, the oldest of each address; counts the attempt; nobody else gets them before the lease ends
WITH due AS (
    SELECT mine.id, mine.in_doubt
    FROM unnest($2::text[], $3::integer[]) AS wanted (channel, room)
    CROSS JOIN LATERAL (
        SELECT m.id, m.in_doubt FROM alert_message m
        WHERE m.channel = wanted.channel AND m.state = 'waiting' AND m.run_at <= now() AND NOT EXISTS (
            SELECT FROM alert_message older
            WHERE older.channel = m.channel AND older.address = m.address AND older.state = 'waiting'
                AND older.number < m.number)
        ORDER BY m.number LIMIT wanted.room FOR UPDATE OF m SKIP LOCKED) mine)
UPDATE alert_message m
SET attempts = attempts + 1, in_doubt = true, lease = gen_random_uuid(), run_at = now() + $1 * interval '1 second'
FROM due WHERE m.id = due.id
RETURNING m.id, m.channel, m.address, m.attempts, m.created_at, m.lease, due.in_doubt;

-- alert_message_says: the alerts of a message, and their alarms
SELECT a.id, a.news, a.party, a.instead_of, l.id AS alarm_id, l.at, l.kind, l.subject, l.text, l.concerns, l.deadline,
    l.closed_at, l.closed_because
FROM alert a JOIN alarm l ON l.id = a.alarm_id
WHERE a.message_id = $1 AND a.state = 'waiting' ORDER BY l.deadline NULLS LAST, l.id, a.news DESC;

-- alert_message_settle: it left, or never will; only the holder of the lease may say so
UPDATE alert_message SET state = $3, lease = NULL, last_outcome = $4, settled_at = now(), in_doubt = false
WHERE id = $1 AND lease = $2 AND state = 'waiting' RETURNING id;

-- alerts_settle: and with it what it tells
UPDATE alert SET state = $2, settled_at = now() WHERE message_id = $1 AND state = 'waiting';

-- alert_message_later: this attempt did not get through
UPDATE alert_message SET lease = NULL, last_outcome = $4, in_doubt = $5, run_at = now() + $3 * interval '1 second'
WHERE id = $1 AND lease = $2 AND state = 'waiting' RETURNING id;

-- alerts_waiting: how many alerts wait, and how many of the last 24 hours were given up
SELECT count(*) FILTER (WHERE state = 'waiting' AND due_at <= now()) AS waiting,
    count(*) FILTER (WHERE state = 'given-up') AS failed,
    min(due_at) FILTER (WHERE state = 'waiting' AND due_at <= now()) AS oldest
FROM alert WHERE state = 'waiting' OR state = 'given-up' AND settled_at > now() - interval '24 hours';


-- Break-glass: the list of a sailing for a rescue centre.

-- rescue_calls: expected calls in a time that fit a word (id, IMO number, voyage, part of the ship's name) and a port, the nearest to a moment first
SELECT data FROM call
WHERE coalesce(arrives_at, departs_at) >= $1 AND coalesce(departs_at, arrives_at) < $2
    AND ($3::text IS NULL OR id = $3 OR imo = $3 OR lower(data ->> 'voyage') = lower($3)
        OR strpos(lower(data ->> 'vessel'), lower($3)) > 0)
    AND ($4::text IS NULL OR departure_port = $4 OR arrival_port = $4)
ORDER BY abs(extract(epoch FROM coalesce(departs_at, arrives_at) - $5::timestamptz)), id LIMIT $6;

-- rescue_lists: the newest list of each sailing that belongs to no expected call, received since a time, that fits a word and a port; the newest first
SELECT * FROM (
    SELECT DISTINCT ON (regexp_replace(p.series, '/[^/]*$', '')) m.id, m.carrier, m.vessel_name, m.vessel_imo,
        m.voyage_number, m.departure_port, m.arrival_port, m.departs, m.arrives, m.received_at
    FROM manifest m JOIN manifest_part p ON p.manifest_id = m.id
    WHERE m.call_id IS NULL AND NOT p.outdated AND m.received_at >= $1 AND p.series !~ '/booking$'
        AND ($2::text IS NULL OR m.vessel_imo = $2 OR lower(m.voyage_number) = lower($2)
            OR strpos(lower(m.vessel_name), lower($2)) > 0)
        AND ($3::text IS NULL OR m.departure_port = $3 OR m.arrival_port = $3)
    ORDER BY regexp_replace(p.series, '/[^/]*$', ''), m.arrival DESC) newest
ORDER BY received_at DESC LIMIT $4;

-- rescue_list: one list, as it is found for a case
SELECT m.id, m.carrier, m.vessel_name, m.vessel_imo, m.voyage_number, m.departure_port, m.arrival_port, m.departs,
    m.arrives, m.received_at
FROM manifest m WHERE m.id = $1;

-- rescue_series: the series of which this list is a part
SELECT series FROM manifest_part WHERE manifest_id = $1 ORDER BY series;

-- rescue_versions: the versions of these series, oldest first
SELECT p.series, p.version, p.listed, p.outdated, m.id, m.function, m.purposes, m.received_at
FROM manifest_part p JOIN manifest m ON m.id = p.manifest_id WHERE p.series = ANY($1::text[]) ORDER BY p.version;

-- rescue_add: somebody asks
INSERT INTO rescue
    (id, call_id, manifest_id, carrier, vessel, reason, case_number, hours, asked_by, asked_email, asked_at, words,
     words_wrapped, words_key_id)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14);

-- rescue_get: one case
SELECT id, call_id, manifest_id, carrier, vessel, reason, case_number, hours, asked_by, asked_email, asked_at, decided_by,
    decided_at, refusal, until, closed_by, closed_at
FROM rescue WHERE id = $1;

-- rescue_lock: one case, held until the transaction ends
SELECT id, call_id, manifest_id, carrier, vessel, reason, case_number, hours, asked_by, asked_email, asked_at, decided_by,
    decided_at, refusal, until, closed_by, closed_at
FROM rescue WHERE id = $1 FOR UPDATE;

-- rescue_words: the words of its reason, sealed
SELECT words AS sealed, words_wrapped AS wrapped, words_key_id AS key_id FROM rescue WHERE id = $1;

-- rescue_page: the newest cases
SELECT id, call_id, manifest_id, carrier, vessel, reason, case_number, hours, asked_by, asked_email, asked_at, decided_by,
    decided_at, refusal, until, closed_by, closed_at
FROM rescue ORDER BY asked_at DESC, id LIMIT $1;

-- rescue_of_call: the cases of a call; also those of a list that belongs to it by now
SELECT r.id, r.call_id, r.manifest_id, r.carrier, r.vessel, r.reason, r.case_number, r.hours, r.asked_by, r.asked_email,
    r.asked_at, r.decided_by, r.decided_at, r.refusal, r.until, r.closed_by, r.closed_at
FROM rescue r LEFT JOIN manifest m ON m.id = r.manifest_id
WHERE (r.call_id = $1 OR m.call_id = $1) AND ($2::text IS NULL OR r.carrier = $2) ORDER BY r.asked_at, r.id;

-- rescue_decide: the second person grants it until a time, or refuses it
UPDATE rescue SET decided_by = $2, decided_email = $3, decided_at = $4, until = $5, refusal = $6::text, ended = $6::text IS NOT NULL
WHERE id = $1 AND decided_at IS NULL AND closed_at IS NULL;

-- rescue_close: it ends now
UPDATE rescue SET closed_by = $2, closed_at = $3, ended = true WHERE id = $1 AND closed_at IS NULL;

-- rescue_over: cases that the clock has ended and the log does not know of yet
SELECT id, call_id, manifest_id, carrier, vessel, reason, case_number, hours, asked_by, asked_email, asked_at, decided_by,
    decided_at, refusal, until, closed_by, closed_at
FROM rescue WHERE NOT ended AND coalesce(until, asked_at + $2::interval) <= $1
ORDER BY asked_at LIMIT 100 FOR UPDATE SKIP LOCKED;

-- rescue_ended: the log knows of its end
UPDATE rescue SET ended = true WHERE id = $1;

-- rescue_step_add: something happened in a case
INSERT INTO rescue_step (rescue_id, at, what, by) VALUES ($1, $2, $3, $4);

-- rescue_steps: all that happened in these cases, in order
SELECT rescue_id, at, what, by FROM rescue_step WHERE rescue_id = ANY($1::uuid[]) ORDER BY id;

-- rescue_asked_since: how often somebody has asked since a time
SELECT count(*) FROM rescue WHERE asked_at > $2 AND lower(asked_by) = lower($1);

-- rescue_opened_since: how often the list of a case was opened since a time
SELECT count(*) FROM rescue_step WHERE rescue_id = $1 AND at > $2 AND what IN ('viewed', 'printed', 'exported');

-- retention_rescues: the words of cases asked for before a time can never be read again
UPDATE rescue SET words_wrapped = NULL WHERE asked_at < $1 AND words_wrapped IS NOT NULL RETURNING id;


-- How a feed, and the gateway, is doing.

-- pulse_lanes: what a recipient is owed, by form and entry of the register: what waits, what came of the last attempts, what it got today ($2: its start)
SELECT form, route_id, purpose, count(*) FILTER (WHERE state = 'waiting') AS waiting,
    min(created_at) FILTER (WHERE state = 'waiting') AS oldest,
    coalesce(max(attempts) FILTER (WHERE state = 'waiting'), 0) AS attempts,
    (array_agg(last_outcome ORDER BY run_at DESC) FILTER (WHERE state = 'waiting' AND last_outcome IS NOT NULL))[1] AS last_outcome,
    max(settled_at) FILTER (WHERE state = 'accepted') AS last_success,
    count(*) FILTER (WHERE state = 'accepted' AND settled_at >= $2) AS accepted,
    count(*) FILTER (WHERE created_at >= $2) AS owed,
    count(*) FILTER (WHERE state = 'superseded' AND settled_at >= $2) AS superseded,
    count(*) FILTER (WHERE state IN ('refused', 'given-up') AND settled_at >= $2) AS failed
FROM delivery
WHERE recipient = $1 AND (state = 'waiting' OR settled_at >= $2 - interval '30 days')
GROUP BY form, route_id, purpose ORDER BY form, route_id, purpose;

-- pulse_gaps: what a recipient has not got though newer deliveries went by: passed over in its feed, refused or given up; the newest first
SELECT id, form, state, version, created_at, settled_at, last_outcome, feed_position, envelope IS NOT NULL AS is_kept
FROM delivery d
WHERE recipient = $1 AND (
    (state IN ('refused', 'given-up') AND settled_at >= $2)
    OR (state = 'waiting' AND feed_position < (SELECT max(feed_position) FROM delivery WHERE recipient = $1 AND state = 'accepted')))
ORDER BY created_at DESC, id LIMIT 50;

-- pulse_feed: how far a recipient has read its feed, and how far it has acknowledged it
SELECT coalesce(max(feed_position), 0) AS given, coalesce(max(feed_position) FILTER (WHERE state = 'accepted'), 0) AS acknowledged
FROM delivery WHERE recipient = $1 AND feed_position IS NOT NULL;

-- pulse_deliveries: how many deliveries got through each hour since a time, to one recipient or to all
SELECT date_trunc('hour', settled_at, 'UTC') AS hour, count(*) AS n FROM delivery
WHERE state = 'accepted' AND settled_at >= $1 AND ($2::text IS NULL OR recipient = $2) GROUP BY 1;

-- pulse_submissions: how many submissions came each hour since a time
SELECT date_trunc('hour', received_at, 'UTC') AS hour, count(*) AS n FROM submission WHERE received_at >= $1 GROUP BY 1;

-- pulse_failed: submissions that no worker could process, the newest first
SELECT id, carrier, channel, files, size, received_at, attempts FROM submission WHERE state = 'failed'
ORDER BY received_at DESC LIMIT 50;

-- pulse_database: how large the store is, who speaks to it, what can still be opened, what works at this moment
SELECT current_setting('server_version') AS version, pg_database_size(current_database()) AS bytes,
    (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()) AS connections,
    current_setting('max_connections')::int AS most_connections,
    (SELECT max(name) FROM migration) AS schema,
    (SELECT count(*) FROM submission WHERE state = 'received' AND lease IS NOT NULL AND run_at > now()) AS in_work,
    (SELECT count(*) FROM delivery WHERE state = 'waiting' AND lease IS NOT NULL AND run_at > now()) AS being_sent,
    (SELECT min(received_at) FROM submission WHERE wrapped IS NOT NULL) AS oldest_kept,
    (SELECT count(*) FROM log_entry WHERE position IS NULL) AS unplaced,
    (SELECT min(at) FROM log_entry WHERE position IS NULL) AS unplaced_since;


-- The arrivals board: what changed since it was looked at.

-- calls_around: the calls of a time that are not long over, and for each what differs once it, one of its lists or an event has changed
SELECT c.id, concat_ws('/', c.changed_at, count(p.manifest_id), count(*) FILTER (WHERE p.outdated), sum(p.version),
    (SELECT count(*) FROM call_event e WHERE e.call_id = c.id)) AS stamp
FROM call c LEFT JOIN manifest m ON m.call_id = c.id LEFT JOIN manifest_part p ON p.manifest_id = m.id
WHERE coalesce(c.departs_at, c.arrives_at) >= $1 AND coalesce(c.departs_at, c.arrives_at) < $2
    AND coalesce(c.arrives_at, c.departs_at) >= $3
GROUP BY c.id;

-- calls_get: these calls
SELECT data FROM call WHERE id = ANY($1::text[]);

-- call_submissions: what was sent for a call, the newest first
SELECT id, arrival, carrier, channel, sha256, size, files, received_at, options, receipt, state,
    attempts, format, persons, errors, warnings, processed_at
FROM submission WHERE id IN (SELECT submission_id FROM manifest WHERE call_id = $1) ORDER BY arrival DESC;

-- call_lists: the lists that were sent for a call, in their order
SELECT id, submission_id, function,
    (SELECT jsonb_agg(to_jsonb(p) - 'manifest_id' ORDER BY p.kind DESC) FROM manifest_part p WHERE p.manifest_id = m.id) AS parts
FROM manifest m WHERE call_id = $1 ORDER BY arrival, number;

-- call_findings: the kinds of finding in what was sent for a call, the gravest and most frequent first
SELECT submission_id, code, severity, n FROM finding_count
WHERE submission_id IN (SELECT submission_id FROM manifest WHERE call_id = $1)
ORDER BY array_position(ARRAY['error', 'warning', 'info'], severity), n DESC, code;

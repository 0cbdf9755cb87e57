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
UNION SELECT key_id FROM delivery_answer WHERE wrapped IS NOT NULL;

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
SELECT series, max(version) AS version FROM manifest WHERE series = ANY($1::text[]) GROUP BY series;

-- series_purposes: for what the lists of each series that count are, since the last withdrawal that does
SELECT m.series, array_agg(DISTINCT purpose) AS purposes
FROM manifest m CROSS JOIN LATERAL unnest(m.purposes) AS purpose
WHERE m.series = ANY($1::text[]) AND NOT m.outdated AND NOT EXISTS (
    SELECT FROM manifest later
    WHERE later.series = m.series AND later.function = 'cancel' AND NOT later.outdated AND (later.arrival, later.number) >= (m.arrival, m.number))
GROUP BY m.series;

-- manifest_add: stores one list of a submission
INSERT INTO manifest
    (id, submission_id, number, arrival, call_id, series, version, carrier, kind, purposes, function, vessel_imo,
     vessel_name, voyage_number, departure_port, arrival_port, persons, passengers, crew, counts, missing, errors,
     deadlines, received_at, listed, outdated, changes, sealed, wrapped, key_id)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24,
    $25, $26, $27, $28, $29, $30);

-- manifest_outdated: this list turned out to be older than one that came before it
UPDATE manifest SET outdated = true WHERE id = $1;

-- series_current: the versions of these series that count now; wrapped is NULL once retention ended
SELECT series, sealed, wrapped, key_id FROM series_current WHERE series = ANY($1::text[]);

-- series_current_keep: from now on this version counts
INSERT INTO series_current (series, received_at, sealed, wrapped, key_id) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (series) DO UPDATE
SET received_at = excluded.received_at, sealed = excluded.sealed, wrapped = excluded.wrapped, key_id = excluded.key_id;

-- shape_add: what a list looks like
INSERT INTO list_shape (manifest_id, carrier, kind, arrival, received_at, shape) VALUES ($1, $2, $3, $4, $5, $6);

-- shapes_before: what this carrier's last lists look like, of one kind or of all, the newest first
SELECT m.series, s.received_at, s.shape
FROM list_shape s JOIN manifest m ON m.id = s.manifest_id
WHERE s.carrier = $1 AND ($2::text IS NULL OR s.kind = $2) AND s.arrival < $3 ORDER BY s.arrival DESC, m.number LIMIT $4;

-- manifests_of_submission: the lists of one submission, in its order
SELECT id, submission_id, number, arrival, call_id, series, version, carrier, kind, purposes, function, vessel_imo,
    vessel_name, voyage_number, departure_port, arrival_port, persons, passengers, crew, counts, missing, errors,
    deadlines, received_at, listed, outdated, changes
FROM manifest WHERE submission_id = $1 ORDER BY number;

-- manifests_of_calls: every list of these calls, oldest first
SELECT id, submission_id, number, arrival, call_id, series, version, carrier, kind, purposes, function, vessel_imo,
    vessel_name, voyage_number, departure_port, arrival_port, persons, passengers, crew, counts, missing, errors,
    deadlines, received_at, listed, outdated, changes
FROM manifest WHERE call_id = ANY($1::text[]) ORDER BY arrival, number;

-- manifests_received: every list received in a time, of one carrier or of all, oldest first
SELECT id, submission_id, number, arrival, call_id, series, version, carrier, kind, purposes, function, vessel_imo,
    vessel_name, voyage_number, departure_port, arrival_port, persons, passengers, crew, counts, missing, errors,
    deadlines, received_at, listed, outdated, changes
FROM manifest WHERE received_at >= $1 AND received_at < $2 AND ($3::text IS NULL OR carrier = $3)
ORDER BY arrival, number;

-- manifests_without_call: lists that belong to no expected call yet
SELECT id, submission_id, number, arrival, call_id, series, version, carrier, kind, purposes, function, vessel_imo,
    vessel_name, voyage_number, departure_port, arrival_port, persons, passengers, crew, counts, missing, errors,
    deadlines, received_at, listed, outdated, changes
FROM manifest WHERE call_id IS NULL AND received_at >= $1 ORDER BY arrival, number;

-- manifest_before: the newest list of a series that arrived before this one
SELECT id, submission_id, number, arrival, call_id, series, version, carrier, kind, purposes, function, vessel_imo,
    vessel_name, voyage_number, departure_port, arrival_port, persons, passengers, crew, counts, missing, errors,
    deadlines, received_at, listed, outdated, changes
FROM manifest WHERE series = $1 AND arrival < $2 ORDER BY arrival DESC, number DESC LIMIT 1;

-- manifest_sealed: the sealed list; wrapped is NULL once retention ended
SELECT sealed, wrapped, key_id FROM manifest WHERE id = $1;

-- manifest_link: this list belongs to that call after all
UPDATE manifest SET call_id = $2 WHERE id = $1 AND call_id IS NULL RETURNING id;


-- call_add: a call seen for the first time
INSERT INTO call
    (id, carrier, imo, departure_port, arrival_port, departs_at, arrives_at, data, first_seen_at, changed_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)
ON CONFLICT (id) DO NOTHING
RETURNING id;

-- calls_lock: the calls as they are, held until the transaction ends
SELECT data FROM call WHERE id = ANY($1::text[]) ORDER BY id FOR UPDATE;

-- call_change: what is known of a call now
UPDATE call
SET carrier = $2, imo = $3, departure_port = $4, arrival_port = $5, departs_at = $6, arrives_at = $7, data = $8,
    changed_at = $9
WHERE id = $1;

-- call_time_add: a time of a call got this value
INSERT INTO call_time (call_id, name, noted_at, value, source) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (call_id, name, noted_at) DO UPDATE SET value = excluded.value, source = excluded.source;

-- call_get: one call
SELECT data FROM call WHERE id = $1;

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
     version, replaces, max_attempts, state, settled_at)
SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14,
    CASE WHEN overtaken THEN 'superseded' ELSE 'waiting' END, CASE WHEN overtaken THEN now() END
FROM (SELECT EXISTS (
    SELECT FROM delivery newer
    WHERE newer.sequence_key = $10 AND (newer.arrival, newer.version) > ($11, $12)
        AND newer.replaces AND newer.state <> 'refused') AS overtaken) o
RETURNING id, manifest_id, recipient, state;

-- delivery_supersede: what this newer delivery replaces and nobody is sending right now
UPDATE delivery SET state = 'superseded', lease = NULL, settled_at = now()
WHERE sequence_key = $1 AND (arrival, version) < ($2, $3) AND state = 'waiting'
    AND (lease IS NULL OR run_at <= now())
RETURNING id, manifest_id, recipient, state;

-- delivery_give_up_exhausted: gives up deliveries whose last permitted attempt never came back
UPDATE delivery SET state = 'given-up', lease = NULL, settled_at = now(), last_outcome = 'the attempt never came back'
WHERE id IN (
    SELECT id FROM delivery
    WHERE state = 'waiting' AND recipient = ANY($1::text[]) AND run_at <= now() AND attempts >= max_attempts
    LIMIT 100 FOR UPDATE SKIP LOCKED)
RETURNING id, manifest_id, recipient, state;

-- delivery_claim: takes due deliveries, up to each recipient's room; never one that an older one of its sequence still precedes
WITH due AS (
    SELECT mine.id
    FROM unnest($1::text[], $2::integer[]) AS wanted (recipient, room)
    CROSS JOIN LATERAL (
        SELECT d.id FROM delivery d
        WHERE d.recipient = wanted.recipient AND d.state = 'waiting' AND d.run_at <= now()
            AND NOT EXISTS (
                SELECT FROM delivery older
                WHERE older.sequence_key = d.sequence_key AND older.state = 'waiting'
                    AND (older.arrival, older.version) < (d.arrival, d.version))
        ORDER BY d.run_at, d.id LIMIT wanted.room FOR UPDATE OF d SKIP LOCKED) mine)
UPDATE delivery d
SET attempts = attempts + 1, lease = gen_random_uuid(), run_at = now() + $3 * interval '1 second'
FROM due WHERE d.id = due.id
RETURNING d.id, d.manifest_id, d.recipient, d.route_id, d.form, d.purpose, d.legal_basis, d.media_type, d.envelope,
    d.version, d.attempts, d.max_attempts, d.created_at, d.lease;

-- delivery_settle: the recipient accepted or refused; only the holder of the lease may say so
UPDATE delivery
SET state = $3, lease = NULL, last_outcome = $4, last_status = $5, recipient_receipt = $6, settled_at = now()
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

-- delivery_again: a person asks for a delivery to be tried again; never one that was overtaken
UPDATE delivery d SET state = 'waiting', attempts = 0, run_at = now(), settled_at = NULL
WHERE d.id = $1 AND d.state IN ('given-up', 'refused') AND d.envelope IS NOT NULL
    AND NOT EXISTS (
        SELECT FROM delivery newer
        WHERE newer.sequence_key = d.sequence_key AND (newer.arrival, newer.version) > (d.arrival, d.version)
            AND newer.state <> 'refused')
RETURNING d.id, d.manifest_id, d.recipient, d.state;

-- deliveries_of_manifests: what became of these lists
SELECT id, manifest_id, recipient, route_id, form, purpose, legal_basis, media_type, version, state, attempts,
    max_attempts, run_at, lease IS NOT NULL AND run_at > now() AS is_being_sent, last_outcome, last_status,
    created_at, settled_at
FROM delivery WHERE manifest_id = ANY($1::uuid[]) ORDER BY created_at, recipient, id;

-- deliveries_waiting: how much waits for each recipient, and since when
SELECT recipient, count(*) AS waiting, min(created_at) AS oldest FROM delivery
WHERE state = 'waiting' GROUP BY recipient ORDER BY recipient;

-- deliveries_given_up: what a person must look at, newest first
SELECT id, manifest_id, recipient, route_id, form, purpose, legal_basis, media_type, version, state, attempts,
    max_attempts, run_at, lease IS NOT NULL AND run_at > now() AS is_being_sent, last_outcome, last_status,
    created_at, settled_at
FROM delivery WHERE state IN ('given-up', 'refused') ORDER BY settled_at DESC LIMIT $1;

-- feed_lock: one reader at a time gives positions in a recipient's feed
SELECT pg_advisory_xact_lock(hashtextextended('feed:' || $1, 0));

-- feed_number: gives positions to what came since the last reading; a position once seen never has a later neighbour before it
UPDATE delivery d SET feed_position = n.position
FROM (
    SELECT id, (SELECT coalesce(max(feed_position), 0) FROM delivery WHERE recipient = $1 AND feed_position IS NOT NULL)
        + row_number() OVER (ORDER BY arrival, version, id) AS position
    FROM delivery WHERE recipient = $1 AND state = 'waiting' AND feed_position IS NULL) n
WHERE d.id = n.id;

-- feed_page: a recipient's feed after a position
SELECT feed_position AS position, id, manifest_id, form, purpose, legal_basis, media_type, version, envelope, state,
    created_at
FROM delivery
WHERE recipient = $1 AND feed_position > $2 AND state IN ('waiting', 'accepted') AND envelope IS NOT NULL
ORDER BY feed_position LIMIT $3;

-- feed_ended: how many that a recipient acknowledged, after a position, have reached the end of retention
SELECT count(*) FROM delivery
WHERE recipient = $1 AND feed_position > $2 AND state = 'accepted' AND envelope IS NULL;

-- feed_acknowledge: the recipient has these
UPDATE delivery
SET state = 'accepted', lease = NULL, last_outcome = 'fetched', recipient_receipt = $3, settled_at = now()
WHERE recipient = $1 AND id = ANY($2::uuid[]) AND state = 'waiting'
RETURNING id, manifest_id, recipient, state;


-- delivery_named: those of these ids that are deliveries to one of these recipients
SELECT id FROM delivery WHERE recipient = ANY($1::text[]) AND id = ANY($2::uuid[]);

-- delivery_answer_add: what a recipient answered
INSERT INTO delivery_answer (id, delivery_id, partner, message_id, received_at, sealed, wrapped, key_id)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8);

-- delivery_answers: what was answered to a delivery, oldest first
SELECT id, delivery_id, partner, message_id, received_at, sealed, wrapped, key_id
FROM delivery_answer WHERE delivery_id = $1 ORDER BY arrival;

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


-- alarm_raise: a person must look at this; the same open trouble is counted, not repeated
INSERT INTO alarm (kind, subject, text) VALUES ($1, $2, $3)
ON CONFLICT (kind, subject) WHERE acknowledged_at IS NULL
DO UPDATE SET last_at = now(), times = alarm.times + 1, text = excluded.text
RETURNING id;

-- alarms_open: what nobody has looked at yet
SELECT id, at, last_at, times, kind, subject, text, acknowledged_at FROM alarm
WHERE acknowledged_at IS NULL ORDER BY last_at DESC, id DESC LIMIT $1;

-- alarm_acknowledge: somebody has looked
UPDATE alarm SET acknowledged_at = $2 WHERE id = $1 AND acknowledged_at IS NULL RETURNING id;


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

-- log_entries_of_submission: all that happened to a submission
SELECT id, at, event, subject, body, position FROM log_entry WHERE subject ->> 'submission' = $1 ORDER BY id;


-- retention_submissions: what lines sent before a time can never be read again
UPDATE submission SET wrapped = NULL, answer_wrapped = NULL
WHERE received_at < $1 AND state <> 'received' AND (wrapped IS NOT NULL OR answer_wrapped IS NOT NULL)
RETURNING id;

-- retention_manifests: lists received before a time can never be read again
UPDATE manifest SET wrapped = NULL WHERE received_at < $1 AND wrapped IS NOT NULL RETURNING id;

-- retention_envelopes: settled envelopes of lists received before a time are gone
UPDATE delivery d SET envelope = NULL
FROM manifest m
WHERE m.id = d.manifest_id AND m.received_at < $1 AND d.state <> 'waiting' AND d.envelope IS NOT NULL
RETURNING d.id;

-- retention_series: versions received before a time can never be compared with again
UPDATE series_current SET wrapped = NULL WHERE received_at < $1 AND wrapped IS NOT NULL RETURNING series;

-- retention_answers: what was answered before a time can never be read again
UPDATE delivery_answer SET wrapped = NULL WHERE received_at < $1 AND wrapped IS NOT NULL RETURNING id;

-- retention_shapes: what lists received before a time looked like is no measure any more
DELETE FROM list_shape WHERE received_at < $1 RETURNING manifest_id;


-- clock: the database's time, at the start of this transaction
SELECT now();

-- notify: says "look now"; twice in a transaction is once
SELECT pg_notify($1, '');

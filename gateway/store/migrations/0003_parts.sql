-- A list may be several: one of passengers and crew counts among the lists of passengers and among those of the crew.
-- PostgreSQL 15 and newer.

-- What a list is among the lists of one kind that replace one another. `kind`: passengers or crew. `series`: call (or
-- voyage) and kind. `version` counts in the series. `listed`, `outdated`, `changes`: as in 0002, of this kind.
-- `missing`, `errors`: as in 0001, of this kind.

CREATE TABLE manifest_part (
    manifest_id     uuid NOT NULL REFERENCES manifest,
    kind            text NOT NULL,
    series          text NOT NULL,
    version         integer NOT NULL,
    listed          integer NOT NULL,
    outdated        boolean NOT NULL DEFAULT false,
    changes         jsonb,
    missing         jsonb NOT NULL DEFAULT '{}',
    errors          jsonb NOT NULL DEFAULT '{}',
    PRIMARY KEY (manifest_id, kind),
    UNIQUE (series, version)
);

-- A mixed list of old had a series of its own. It joins those of its kinds, behind what is there with the same version.

WITH part AS (
    SELECT m.*, k.kind AS part_kind,
        CASE WHEN m.kind = 'mixed' AND m.series LIKE '%/mixed' THEN regexp_replace(m.series, 'mixed$', k.kind) ELSE m.series END AS part_series,
        CASE WHEN m.kind <> 'mixed' OR m.listed = 0 THEN m.listed WHEN k.kind = 'crew' THEN m.crew ELSE m.passengers END AS part_listed
    FROM manifest m
    CROSS JOIN LATERAL unnest(CASE
        WHEN m.kind <> 'mixed' THEN ARRAY[m.kind]
        WHEN m.series NOT LIKE '%/mixed' THEN ARRAY['passengers']
        ELSE ARRAY['passengers', 'crew'] END) AS k (kind))
INSERT INTO manifest_part (manifest_id, kind, series, version, listed, outdated, changes, missing, errors)
SELECT id, part_kind, part_series, row_number() OVER (PARTITION BY part_series ORDER BY version, arrival, number),
    part_listed, outdated, CASE WHEN kind <> 'mixed' THEN changes END, missing, errors
FROM part;

-- departs, arrives: as the list says, ISO 8601, local to the port without an offset; by them a list finds the call that
-- is told later.

ALTER TABLE manifest
    DROP COLUMN series, DROP COLUMN version, DROP COLUMN listed, DROP COLUMN outdated, DROP COLUMN changes,
    DROP COLUMN missing, DROP COLUMN errors,
    ADD COLUMN departs text,
    ADD COLUMN arrives text;

CREATE INDEX manifest_of_carrier_without_call ON manifest (carrier, received_at) WHERE call_id IS NULL;
DROP INDEX manifest_without_call;

-- Within a sequence all syntaxes of one filing follow each other (EMSWe as XML or JSON), and all lists of one kind.

UPDATE delivery SET sequence_key = regexp_replace(regexp_replace(sequence_key, '^([^/]+)/emswe-(json|xml)/', '\1/emswe/'),
    '^([^/]+/[^/]+/)(passengers|crew)(/.*)/mixed$', '\1\2\3/\2');

-- What counts of a mixed list of old cannot be taken apart: there is nothing to compare the next one with.
-- manifest_id: the list that counts. sealed_for: the series under whose name it was sealed.

DELETE FROM series_current WHERE series LIKE '%/mixed';
ALTER TABLE series_current
    ADD COLUMN manifest_id uuid REFERENCES manifest,
    ADD COLUMN sealed_for text;
UPDATE series_current SET sealed_for = series;
ALTER TABLE series_current ALTER COLUMN sealed_for SET NOT NULL;


-- A submission that holds some parts of a list (UNH 0068), whose others had not come with it. key: a digest of carrier, type of
-- message and 0068. told: it was waited for too long, and a person knows.

CREATE TABLE waiting_list (
    key             bytea NOT NULL CHECK (octet_length(key) = 32),
    submission_id   uuid NOT NULL REFERENCES submission,
    carrier         text NOT NULL,
    arrival         bigint NOT NULL,
    received_at     timestamptz NOT NULL,
    told            boolean NOT NULL DEFAULT false,
    PRIMARY KEY (key, submission_id)
);

CREATE INDEX waiting_list_untold ON waiting_list (received_at) WHERE NOT told;

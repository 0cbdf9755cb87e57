-- What a source says of a sailing, and several calls fit: it is put with none until somebody decides. PostgreSQL 15 and newer.
--
-- subject: what is spoken of, so that the source's next word about it takes the place of this one. rivals: the calls that fit.

CREATE TABLE unplaced (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    subject         text NOT NULL UNIQUE,
    said            jsonb NOT NULL,
    rivals          text[] NOT NULL,
    heard_at        timestamptz NOT NULL
);

CREATE INDEX unplaced_of_call ON unplaced USING gin (rivals);

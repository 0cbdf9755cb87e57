-- What comes to us over AS4: which messages we have had, and what recipients answered later. PostgreSQL 15 and newer.


-- Messages that were receipted, by sender, so that one that comes again is receipted again and not taken twice. Kept for at
-- least 400 days, longer than any message is believed (gateway.as4.REMEMBER).

CREATE TABLE as4_message (
    partner         text NOT NULL,                      -- the party id that signed it
    message_id      text NOT NULL,
    received_at     timestamptz NOT NULL,
    PRIMARY KEY (partner, message_id)
);

CREATE INDEX as4_message_by_time ON as4_message (received_at);


-- A recipient's own answer to a delivery, hours or days after its receipt, whole and sealed to ourselves.

CREATE TABLE delivery_answer (
    id              uuid PRIMARY KEY,
    arrival         bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    delivery_id     uuid REFERENCES delivery,           -- NULL: it names no delivery of ours
    partner         text NOT NULL,
    message_id      text NOT NULL,
    received_at     timestamptz NOT NULL,
    sealed          bytea NOT NULL,
    wrapped         bytea,                              -- NULL once retention ended
    key_id          text NOT NULL
);

ALTER TABLE delivery_answer ALTER COLUMN sealed SET STORAGE EXTERNAL;

CREATE INDEX delivery_answer_of_delivery ON delivery_answer (delivery_id, arrival);

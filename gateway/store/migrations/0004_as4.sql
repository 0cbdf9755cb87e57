-- What comes to us over AS4: which messages we have had. PostgreSQL 15 and newer.


-- Messages that were receipted, by sender, so that one that comes again is receipted again and not taken twice. Kept for at
-- least 400 days, longer than any message is believed (gateway.as4.REMEMBER).

CREATE TABLE as4_message (
    partner         text NOT NULL,                      -- the party id that signed it
    message_id      text NOT NULL,
    received_at     timestamptz NOT NULL,
    PRIMARY KEY (partner, message_id)
);

CREATE INDEX as4_message_by_time ON as4_message (received_at);

-- People who sign in: accounts, the links by which they choose a password, their sessions, and wrong tries. PostgreSQL 15 and newer.

-- password: argon2id with its parameters. totp: the secret of the authenticator app, sealed to the gateway like everything at rest.
-- totp_used: the step of the last code that let somebody in; no code of that step or before it ever does again. recovery: SHA-256 of the codes left.
-- provider, provider_subject: issuer and subject of an account that an OpenID provider vouches for; it has no password here.

CREATE TABLE account (
    id              uuid PRIMARY KEY,
    name            text NOT NULL UNIQUE,
    email           text NOT NULL,
    kind            text NOT NULL CHECK (kind IN ('carrier', 'viewer', 'recipient', 'operator', 'desk', 'rescue')),
    subject         text NOT NULL,
    provider        text,
    provider_subject text,
    password        text,
    totp            bytea,
    totp_wrapped    bytea,
    totp_key_id     text,
    totp_used       bigint NOT NULL DEFAULT 0,
    recovery        bytea[] NOT NULL DEFAULT '{}',
    created_at      timestamptz NOT NULL,
    created_by      text NOT NULL,
    enrolled_at     timestamptz,
    disabled_at     timestamptz,
    UNIQUE (provider, provider_subject),
    CHECK ((provider IS NULL) = (provider_subject IS NULL)),
    CHECK ((password IS NULL) = (totp IS NULL) AND (totp IS NULL) = (totp_wrapped IS NULL) AND (totp IS NULL) = (totp_key_id IS NULL)),
    CHECK (provider IS NULL OR password IS NULL)
);

-- A link is good once. Its secret is what the authenticator app will hold; it becomes the account's when a code of it was typed.

CREATE TABLE enrolment (
    sha256          bytea PRIMARY KEY CHECK (octet_length(sha256) = 32),
    account         uuid NOT NULL REFERENCES account,
    totp            bytea NOT NULL,
    totp_wrapped    bytea NOT NULL,
    totp_key_id     text NOT NULL,
    created_at      timestamptz NOT NULL,
    expires_at      timestamptz NOT NULL
);

CREATE INDEX enrolment_of_account ON enrolment (account);

-- Of a person, or of a screen that an access token lets in. idle_seconds: how long it lasts without a request.

CREATE TABLE session (
    sha256          bytea PRIMARY KEY CHECK (octet_length(sha256) = 32),
    account         uuid REFERENCES account,
    token           bytea REFERENCES access_token,
    created_at      timestamptz NOT NULL,
    seen_at         timestamptz NOT NULL,
    idle_seconds    integer NOT NULL CHECK (idle_seconds > 0),
    expires_at      timestamptz NOT NULL,
    CHECK ((account IS NULL) <> (token IS NULL))
);

CREATE INDEX session_of_account ON session (account) WHERE account IS NOT NULL;
CREATE INDEX session_expires ON session (expires_at);

-- Wrong tries of a name (its SHA-256: somebody may have typed a password there) from a network. known_at: when it last got in from there.

CREATE TABLE sign_in_try (
    name            bytea NOT NULL,
    network         text NOT NULL,
    failures        integer NOT NULL,
    last_at         timestamptz NOT NULL,
    known_at        timestamptz,
    PRIMARY KEY (name, network)
);

CREATE INDEX sign_in_try_of_network ON sign_in_try (network);
CREATE INDEX sign_in_try_last ON sign_in_try (last_at);

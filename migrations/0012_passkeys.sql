-- +goose Up
-- Passkeys (WebAuthn), and the challenges that wait for an answer: each is bound
-- to a user, her session and one act, and the first answer takes it out.
CREATE TABLE passkeys (
    id              TEXT PRIMARY KEY,
    user_id         TEXT NOT NULL REFERENCES users (id),
    site            TEXT NOT NULL,
    credential_id   TEXT NOT NULL UNIQUE,
    public_key      BYTEA NOT NULL,
    aaguid          TEXT NOT NULL,
    transports      TEXT NOT NULL DEFAULT '',
    sign_count      BIGINT NOT NULL,
    backup_eligible BOOLEAN NOT NULL,
    backed_up       BOOLEAN NOT NULL,
    label           TEXT NOT NULL,
    created_at      BIGINT NOT NULL,
    used_at         BIGINT
);
CREATE INDEX passkeys_user ON passkeys (user_id, id);

CREATE TABLE passkey_challenges (
    challenge    TEXT PRIMARY KEY,
    user_id      TEXT NOT NULL REFERENCES users (id),
    session_hash TEXT NOT NULL,
    kind         TEXT NOT NULL,
    object       TEXT NOT NULL,
    content      TEXT NOT NULL,
    expires_at   BIGINT NOT NULL
);
CREATE INDEX passkey_challenges_expiry ON passkey_challenges (expires_at);

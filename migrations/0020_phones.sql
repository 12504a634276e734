-- +goose Up
-- An artisan's phone number, sealed; a change is a new version, rows are never taken away.
CREATE TABLE artisan_phones (
    id         TEXT   PRIMARY KEY,
    artisan_id TEXT   NOT NULL REFERENCES artisans (id),
    version    BIGINT NOT NULL,
    sealed     BYTEA  NOT NULL,
    masked     TEXT   NOT NULL,
    blind      TEXT   NOT NULL,
    created_by TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (artisan_id, version)
);

-- What she must be told, on the number that was on record before the change.
CREATE TABLE notices (
    id         TEXT   PRIMARY KEY,
    artisan_id TEXT   NOT NULL REFERENCES artisans (id),
    phone_id   TEXT   NOT NULL REFERENCES artisan_phones (id), -- the number it goes to
    what       TEXT   NOT NULL CHECK (what IN ('payee', 'phone')),
    change_id  TEXT   NOT NULL UNIQUE, -- the new row of payees or artisan_phones
    masked     TEXT   NOT NULL,        -- what counts from now on, masked; '' is cash
    kind       TEXT   NOT NULL,        -- bank, upi or cash; '' for a phone
    counts_at  BIGINT NOT NULL,
    made_by    TEXT   NOT NULL,
    made_at    BIGINT NOT NULL,
    told_at    BIGINT,
    told_by    TEXT   NOT NULL DEFAULT '',
    how        TEXT   NOT NULL DEFAULT '' CHECK (how IN ('', 'sms', 'whatsapp', 'call', 'unreachable')),
    reason     TEXT   NOT NULL DEFAULT '',
    CHECK ((told_at IS NULL) = (how = '')),
    CHECK ((told_at IS NULL) = (told_by = '')),
    CHECK (how <> 'unreachable' OR reason <> ''),
    CHECK (told_by <> made_by)
);
CREATE INDEX notices_due ON notices (id) WHERE told_at IS NULL;
CREATE INDEX notices_artisan ON notices (artisan_id, id);

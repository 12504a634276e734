-- +goose Up
-- The statement of a period that is over, as it was first given out: its facts
-- never change, whatever comes later.
CREATE TABLE statements (
    id         TEXT   PRIMARY KEY,
    artisan_id TEXT   NOT NULL REFERENCES artisans (id),
    from_date  TEXT   NOT NULL,
    to_date    TEXT   NOT NULL CHECK (to_date >= from_date),
    block      BIGINT NOT NULL, -- read at this block of the ledger
    head       TEXT   NOT NULL,
    body       TEXT   NOT NULL, -- the facts, JSON
    made_by    TEXT   NOT NULL,
    made_at    BIGINT NOT NULL,
    UNIQUE (artisan_id, from_date, to_date)
);
CREATE INDEX statements_to ON statements (artisan_id, to_date);

-- The small pictures on them, each kept once under the name it has among the photos.
CREATE TABLE statement_pictures (
    name    TEXT  PRIMARY KEY,
    content BYTEA NOT NULL
);

-- The card that an artisan carries: behind its code is her own page. The token is
-- found by its hash; sealed it is kept so that a card can be printed again.
CREATE TABLE artisan_cards (
    id          TEXT   PRIMARY KEY,
    artisan_id  TEXT   NOT NULL REFERENCES artisans (id),
    token_hash  TEXT   NOT NULL UNIQUE,
    sealed      BYTEA  NOT NULL,
    version     BIGINT NOT NULL DEFAULT 1, -- of the seal
    valid_from  TEXT   NOT NULL,
    valid_until TEXT   NOT NULL CHECK (valid_until >= valid_from), -- the last day
    issued_by   TEXT   NOT NULL,
    issued_at   BIGINT NOT NULL,
    revoked_at  BIGINT,
    revoked_by  TEXT   NOT NULL DEFAULT '',
    reason      TEXT   NOT NULL DEFAULT '',
    CHECK ((revoked_at IS NULL) = (reason = ''))
);
CREATE INDEX artisan_cards_artisan ON artisan_cards (artisan_id, id);
CREATE UNIQUE INDEX artisan_cards_live ON artisan_cards (artisan_id) WHERE revoked_at IS NULL;

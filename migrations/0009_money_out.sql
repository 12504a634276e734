-- +goose Up
-- Payouts with deductions: tax, her group under her consent, advances.

-- The form of the content hash: 1 has amounts alone, 2 has deductions too.
ALTER TABLE payout_runs ADD COLUMN form BIGINT NOT NULL DEFAULT 1;

-- amount_paise is the net, what is paid; gross_paise what she gives up for it.
ALTER TABLE payout_items ADD COLUMN gross_paise BIGINT NOT NULL DEFAULT 0;
UPDATE payout_items SET gross_paise = amount_paise;
-- Where she stood when the item was reckoned; a claim is refused when she has
-- moved on, so that nothing is reckoned twice.
ALTER TABLE payout_items ADD COLUMN position BIGINT NOT NULL DEFAULT 0;

CREATE TABLE payout_positions (
    artisan_id TEXT   PRIMARY KEY,
    version    BIGINT NOT NULL
);

CREATE TABLE payout_deductions (
    item_id    TEXT   NOT NULL,
    pos        BIGINT NOT NULL,
    kind       TEXT   NOT NULL CHECK (kind IN ('tds', 'savings', 'loan', 'advance')),
    of_id      TEXT   NOT NULL,
    year       TEXT   NOT NULL DEFAULT '',
    group_id   TEXT   NOT NULL DEFAULT '',
    seen_paise BIGINT NOT NULL DEFAULT 0,
    paise      BIGINT NOT NULL CHECK (paise >= 0),
    PRIMARY KEY (item_id, pos)
);
CREATE INDEX payout_deductions_of ON payout_deductions (of_id, item_id);

-- What tax at source has been reckoned for and deducted, by financial year.
CREATE TABLE tds_years (
    artisan_id TEXT   NOT NULL,
    year       TEXT   NOT NULL,
    nature     TEXT   NOT NULL,
    seen_paise BIGINT NOT NULL,
    tax_paise  BIGINT NOT NULL,
    PRIMARY KEY (artisan_id, year, nature)
);

CREATE TABLE pans (
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
CREATE INDEX pans_blind ON pans (blind);

-- Money or material given before the work; two people answer for it.
CREATE TABLE advances (
    id              TEXT   PRIMARY KEY,
    artisan_id      TEXT   NOT NULL REFERENCES artisans (id),
    kind            TEXT   NOT NULL CHECK (kind IN ('cash', 'bank', 'material')),
    state           TEXT   NOT NULL CHECK (state IN ('proposed', 'given', 'refused', 'closed')),
    amount_paise    BIGINT NOT NULL CHECK (amount_paise > 0),
    recovered_paise BIGINT NOT NULL DEFAULT 0,
    written_paise   BIGINT NOT NULL DEFAULT 0,
    reason          TEXT   NOT NULL,
    reference       TEXT   NOT NULL DEFAULT '',
    paused          TEXT   NOT NULL DEFAULT '',
    write_off       TEXT   NOT NULL DEFAULT '',
    write_off_by    TEXT   NOT NULL DEFAULT '',
    proposed_by     TEXT   NOT NULL,
    proposed_at     BIGINT NOT NULL,
    decided_by      TEXT   NOT NULL DEFAULT '',
    decided_at      BIGINT,
    CHECK (recovered_paise >= 0 AND written_paise >= 0 AND recovered_paise + written_paise <= amount_paise)
);
CREATE INDEX advances_artisan ON advances (artisan_id, id);
CREATE INDEX advances_open ON advances (state, id) WHERE state IN ('proposed', 'given');

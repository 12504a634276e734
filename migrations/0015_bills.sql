-- +goose Up
-- Finding in the book: by day, kind, lot and amount.
CREATE INDEX entries_date ON entries (business_date, id);
CREATE INDEX entries_kind ON entries (kind, id);
CREATE INDEX postings_lot ON postings (lot_id, entry_id) WHERE lot_id <> '';
CREATE INDEX postings_amount ON postings (paise, entry_id);

-- What the trust is billed for, against what its prices promised.
CREATE TABLE suppliers (
    id         TEXT   PRIMARY KEY,
    name       TEXT   NOT NULL,
    name_key   TEXT   NOT NULL UNIQUE, -- the name as it is compared
    created_by TEXT   NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE bills (
    id           TEXT   PRIMARY KEY,
    account      TEXT   NOT NULL, -- a cost head, or the trust's material
    supplier_id  TEXT   NOT NULL REFERENCES suppliers (id),
    number       TEXT   NOT NULL,
    bill_date    TEXT   NOT NULL,
    amount_paise BIGINT NOT NULL CHECK (amount_paise > 0),
    paid_from    TEXT   NOT NULL CHECK (paid_from IN ('bank', 'till', 'owed')),
    paid_at      BIGINT, -- of one that was owed: when it was paid
    paid_by      TEXT   NOT NULL DEFAULT '',
    paid_later   TEXT   NOT NULL DEFAULT '' CHECK (paid_later IN ('', 'bank', 'till')),
    reference    TEXT   NOT NULL DEFAULT '', -- of that payment
    recorded_by  TEXT   NOT NULL,
    recorded_at  BIGINT NOT NULL,
    UNIQUE (supplier_id, number),
    CHECK ((paid_at IS NULL) = (paid_later = '') AND (paid_later = '' OR paid_from = 'owed'))
);
CREATE INDEX bills_owed ON bills (supplier_id, id) WHERE paid_from = 'owed' AND paid_at IS NULL;

-- A month's heads and losses, closed to the fund by two people. The span is what
-- stands in the book up to the block, with business dates up to the month's end,
-- and was in no closing before.
CREATE TABLE closings (
    id          TEXT   PRIMARY KEY,
    month       TEXT   NOT NULL,
    block       BIGINT NOT NULL,
    head        TEXT   NOT NULL, -- the hash of that block
    state       TEXT   NOT NULL CHECK (state IN ('proposed', 'closed', 'refused')),
    proposed_by TEXT   NOT NULL,
    proposed_at BIGINT NOT NULL,
    decided_by  TEXT   NOT NULL DEFAULT '',
    decided_at  BIGINT,
    CHECK (decided_by <> proposed_by AND (state = 'proposed') = (decided_by = ''))
);
CREATE UNIQUE INDEX closings_month ON closings (month) WHERE state = 'closed';
CREATE UNIQUE INDEX closings_open ON closings (state) WHERE state = 'proposed';

CREATE TABLE closing_rows (
    closing_id     TEXT   NOT NULL,
    account        TEXT   NOT NULL,
    promised_paise BIGINT NOT NULL,
    billed_paise   BIGINT NOT NULL,
    PRIMARY KEY (closing_id, account)
);

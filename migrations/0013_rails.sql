-- +goose Up
-- How money leaves: by the bank, by UPI or in cash, to an artisan or through the
-- account of her group.

-- The deductions a woman agreed to, and 'account': her payments go to the account of her group.
CREATE TABLE deduction_consents_new (
    id           TEXT   PRIMARY KEY,
    artisan_id   TEXT   NOT NULL REFERENCES artisans (id),
    group_id     TEXT   NOT NULL REFERENCES self_help_groups (id),
    kind         TEXT   NOT NULL CHECK (kind IN ('savings', 'loan', 'account')),
    rate_bp      BIGINT NOT NULL CHECK (rate_bp >= 0 AND rate_bp <= 10000),
    most_paise   BIGINT NOT NULL CHECK (most_paise >= 0 AND (kind = 'account') = (most_paise = 0)),
    total_paise  BIGINT NOT NULL CHECK (total_paise >= 0),
    taken_paise  BIGINT NOT NULL DEFAULT 0,
    from_date    TEXT   NOT NULL,
    revoked_at   BIGINT,
    notice       TEXT   NOT NULL,
    language     TEXT   NOT NULL,
    confirmed    TEXT   NOT NULL,
    created_by   TEXT   NOT NULL,
    created_at   BIGINT NOT NULL
);
INSERT INTO deduction_consents_new (id, artisan_id, group_id, kind, rate_bp, most_paise, total_paise, taken_paise, from_date, revoked_at, notice, language,
    confirmed, created_by, created_at)
SELECT id, artisan_id, group_id, kind, rate_bp, most_paise, total_paise, taken_paise, from_date, revoked_at, notice, language, confirmed, created_by, created_at
FROM deduction_consents;
DROP TABLE deduction_consents;
ALTER TABLE deduction_consents_new RENAME TO deduction_consents;
CREATE INDEX deduction_consents_artisan ON deduction_consents (artisan_id, id);

-- A payment is known by its rail; its payee is an artisan's or her group's.
CREATE TABLE payout_items_new (
    id           TEXT   PRIMARY KEY,
    run_id       TEXT   NOT NULL,
    artisan_id   TEXT   NOT NULL REFERENCES artisans (id),
    group_id     TEXT   NOT NULL DEFAULT '', -- paid through this group's account
    amount_paise BIGINT NOT NULL CHECK (amount_paise > 0), -- net: what is paid
    gross_paise  BIGINT NOT NULL, -- what she gives up for it
    position     BIGINT NOT NULL, -- where she stood when it was reckoned
    payee_id     TEXT   NOT NULL,
    rail         TEXT   NOT NULL CHECK (rail IN ('bank', 'upi', 'cash')),
    reference    TEXT   NOT NULL UNIQUE,
    state        TEXT   NOT NULL CHECK (state IN ('draft', 'claimed', 'in_transit', 'paid', 'failed', 'returned', 'withdrawn')),
    utr          TEXT,
    reason       TEXT   NOT NULL DEFAULT '',
    updated_at   BIGINT NOT NULL,
    UNIQUE (run_id, artisan_id)
);
INSERT INTO payout_items_new (id, run_id, artisan_id, amount_paise, gross_paise, position, payee_id, rail, reference, state, utr, reason, updated_at)
SELECT i.id, i.run_id, i.artisan_id, i.amount_paise, i.gross_paise, i.position, i.payee_id, p.kind, i.reference, i.state, i.utr, i.reason, i.updated_at
FROM payout_items i
JOIN payees p ON p.id = i.payee_id;
DROP TABLE payout_items;
ALTER TABLE payout_items_new RENAME TO payout_items;
CREATE UNIQUE INDEX payout_items_utr ON payout_items (rail, utr) WHERE utr IS NOT NULL;
CREATE INDEX payout_items_artisan ON payout_items (artisan_id, id);
CREATE INDEX payout_items_state ON payout_items (run_id, state, artisan_id);

CREATE TABLE payees_new (
    id          TEXT   PRIMARY KEY,
    owner_id    TEXT   NOT NULL, -- an artisan or a group
    version     BIGINT NOT NULL,
    kind        TEXT   NOT NULL CHECK (kind IN ('bank', 'upi', 'cash')),
    sealed      BYTEA  NOT NULL,
    masked      TEXT   NOT NULL,
    ifsc        TEXT   NOT NULL DEFAULT '',
    blind       TEXT   NOT NULL,
    usable_from BIGINT NOT NULL,
    confirmed   TEXT   NOT NULL DEFAULT '', -- how the owner said yes to a change
    ifsc_note   TEXT   NOT NULL DEFAULT '', -- who has seen that an unknown code is in use
    created_by  TEXT   NOT NULL,
    created_at  BIGINT NOT NULL,
    UNIQUE (owner_id, version)
);
INSERT INTO payees_new (id, owner_id, version, kind, sealed, masked, ifsc, blind, usable_from, confirmed, ifsc_note, created_by, created_at)
SELECT id, artisan_id, version, kind, sealed, masked, ifsc, blind, usable_from, confirmed, ifsc_note, created_by, created_at
FROM payees;
DROP TABLE payees;
ALTER TABLE payees_new RENAME TO payees;
CREATE INDEX payees_blind ON payees (blind);

-- A run may be for one area or one group.
ALTER TABLE payout_runs ADD COLUMN area TEXT NOT NULL DEFAULT '';
ALTER TABLE payout_runs ADD COLUMN group_id TEXT NOT NULL DEFAULT '';

-- One transfer to a group in a run: its members' payments together, and what was
-- taken from members for it in runs before.
CREATE TABLE payout_transfers (
    id            TEXT   PRIMARY KEY,
    run_id        TEXT   NOT NULL,
    group_id      TEXT   NOT NULL REFERENCES self_help_groups (id),
    payee_id      TEXT   NOT NULL,
    rail          TEXT   NOT NULL CHECK (rail IN ('bank', 'upi', 'cash')),
    reference     TEXT   NOT NULL UNIQUE,
    savings_paise BIGINT NOT NULL CHECK (savings_paise >= 0),
    loan_paise    BIGINT NOT NULL CHECK (loan_paise >= 0),
    state         TEXT   NOT NULL CHECK (state IN ('draft', 'claimed', 'in_transit', 'paid', 'failed', 'returned', 'withdrawn')),
    utr           TEXT,
    reason        TEXT   NOT NULL DEFAULT '',
    updated_at    BIGINT NOT NULL,
    UNIQUE (run_id, group_id)
);
CREATE UNIQUE INDEX payout_transfers_utr ON payout_transfers (rail, utr) WHERE utr IS NOT NULL;
CREATE INDEX payout_transfers_group ON payout_transfers (group_id, id);

-- The files given out for a run, kept sealed: each time the same bytes.
CREATE TABLE payout_files (
    run_id  TEXT   NOT NULL,
    rail    TEXT   NOT NULL CHECK (rail IN ('bank', 'upi', 'cash')),
    layout  TEXT   NOT NULL,
    name    TEXT   NOT NULL,
    hash    TEXT   NOT NULL,
    sealed  BYTEA  NOT NULL,
    row_count BIGINT NOT NULL,
    paise   BIGINT NOT NULL,
    made_by TEXT   NOT NULL,
    made_at BIGINT NOT NULL,
    PRIMARY KEY (run_id, rail)
);
CREATE INDEX payout_files_made ON payout_files (made_at);

CREATE INDEX group_members_artisan ON group_members (artisan_id, from_date);

-- +goose Up
-- The yearly open book: what artisans were promised in a financial year, by kind
-- of work, and what became of it, as the ledger stood at a block. One worker at a
-- time keeps these tables; all of them can be reckoned anew from the ledger.
CREATE TABLE year_promises (
    artisan_id       TEXT   NOT NULL,
    year             TEXT   NOT NULL,
    head             TEXT   NOT NULL,
    promised_paise   BIGINT NOT NULL,
    reversed_paise   BIGINT NOT NULL,
    paid_paise       BIGINT NOT NULL,
    later_paise      BIGINT NOT NULL,
    tax_paise        BIGINT NOT NULL,
    group_paise      BIGINT NOT NULL,
    advance_paise    BIGINT NOT NULL,
    on_the_way_paise BIGINT NOT NULL,
    held_paise       BIGINT NOT NULL,
    payable_paise    BIGINT NOT NULL,
    PRIMARY KEY (artisan_id, year, head)
);
CREATE INDEX year_promises_year ON year_promises (year);

-- What heads and the trust's own accounts were moved in a year, by kind of entry,
-- debit +.
CREATE TABLE year_heads (
    year    TEXT   NOT NULL,
    account TEXT   NOT NULL,
    kind    TEXT   NOT NULL,
    paise   BIGINT NOT NULL,
    PRIMARY KEY (year, account, kind)
);

-- What is published: sums over no fewer than three women. An empty area is several
-- areas together, an empty head several kinds of work; makers counts the area's.
CREATE TABLE year_sums (
    year             TEXT   NOT NULL,
    area             TEXT   NOT NULL,
    head             TEXT   NOT NULL,
    makers           BIGINT NOT NULL,
    promised_paise   BIGINT NOT NULL,
    reversed_paise   BIGINT NOT NULL,
    paid_paise       BIGINT NOT NULL,
    later_paise      BIGINT NOT NULL,
    tax_paise        BIGINT NOT NULL,
    group_paise      BIGINT NOT NULL,
    advance_paise    BIGINT NOT NULL,
    on_the_way_paise BIGINT NOT NULL,
    held_paise       BIGINT NOT NULL,
    payable_paise    BIGINT NOT NULL,
    PRIMARY KEY (year, area, head)
);

-- How far all that looked at the ledger, and who is at it now.
CREATE TABLE year_marks (
    id         INTEGER PRIMARY KEY CHECK (id = 1),
    block      BIGINT NOT NULL,
    hash       TEXT   NOT NULL,
    kept_at    BIGINT NOT NULL,
    holder     TEXT   NOT NULL,
    held_until BIGINT NOT NULL
);
INSERT INTO year_marks (id, block, hash, kept_at, holder, held_until) VALUES (1, 0, '', 0, '', 0);

-- What a piece of a consigned lot took of the material that the trust keeps.
ALTER TABLE lots ADD COLUMN material_paise BIGINT NOT NULL DEFAULT 0 CHECK (material_paise >= 0);

-- +goose Up
-- What a piece says is edited; each edition is kept with who made it. Editions of
-- pieces from before this migration begin with their first change.
ALTER TABLE products ADD COLUMN edition BIGINT NOT NULL DEFAULT 1;
ALTER TABLE products ADD COLUMN care_en TEXT NOT NULL DEFAULT '';
ALTER TABLE products ADD COLUMN care_hi TEXT NOT NULL DEFAULT '';
ALTER TABLE products ADD COLUMN care_ur TEXT NOT NULL DEFAULT '';
ALTER TABLE products ADD COLUMN lead_days BIGINT NOT NULL DEFAULT 0; -- of a piece that is made to order

CREATE TABLE product_editions (
    product_id TEXT NOT NULL,
    no         BIGINT NOT NULL,
    facts      TEXT NOT NULL, -- JSON of what the piece said from then on
    actor      TEXT NOT NULL,
    made_at    BIGINT NOT NULL,
    PRIMARY KEY (product_id, no)
);

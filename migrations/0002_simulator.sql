-- +goose Up
-- The payment simulator's own memory: what Stripe would know. No other table
-- refers to it and only internal/payment reads it.
CREATE TABLE sim_intents (
    id           TEXT   PRIMARY KEY,
    idem_key     TEXT   NOT NULL UNIQUE,
    order_id     TEXT   NOT NULL,
    payment_id   TEXT   NOT NULL,
    amount_paise BIGINT NOT NULL CHECK (amount_paise > 0),
    state        TEXT   NOT NULL CHECK (state IN ('requires_payment', 'processing', 'succeeded', 'failed', 'cancelled')),
    step         BIGINT NOT NULL CHECK (step >= 0),
    created_at   BIGINT NOT NULL,
    changed_at   BIGINT NOT NULL
);

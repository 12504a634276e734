-- +goose Up
-- What Stripe would know of refunds and disputes. Only internal/payment reads it.
CREATE TABLE sim_refunds (
    id           TEXT   PRIMARY KEY,
    idem_key     TEXT   NOT NULL UNIQUE,
    refund_id    TEXT   NOT NULL,
    intent_id    TEXT   NOT NULL REFERENCES sim_intents (id),
    amount_paise BIGINT NOT NULL CHECK (amount_paise > 0),
    state        TEXT   NOT NULL CHECK (state IN ('pending', 'succeeded', 'failed')),
    step         BIGINT NOT NULL CHECK (step >= 0),
    created_at   BIGINT NOT NULL,
    changed_at   BIGINT NOT NULL
);
CREATE INDEX sim_refunds_by_intent ON sim_refunds (intent_id, created_at);

CREATE TABLE sim_disputes (
    id           TEXT   PRIMARY KEY,
    intent_id    TEXT   NOT NULL UNIQUE REFERENCES sim_intents (id),
    amount_paise BIGINT NOT NULL CHECK (amount_paise > 0),
    state        TEXT   NOT NULL CHECK (state IN ('open', 'won', 'lost')),
    step         BIGINT NOT NULL CHECK (step >= 0),
    created_at   BIGINT NOT NULL,
    changed_at   BIGINT NOT NULL
);

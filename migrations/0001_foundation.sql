-- +goose Up
-- People who sign in, what they may do, and what they did.
CREATE TABLE test_clock (
    id        INTEGER PRIMARY KEY CHECK (id = 1),
    offset_us BIGINT NOT NULL
);

CREATE TABLE users (
    id            TEXT PRIMARY KEY,
    login         TEXT NOT NULL UNIQUE,
    name          TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    language      TEXT NOT NULL DEFAULT 'en',
    disabled_at   BIGINT,
    created_at    BIGINT NOT NULL
);

CREATE TABLE user_roles (
    user_id TEXT NOT NULL REFERENCES users (id),
    role    TEXT NOT NULL,
    scope   TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (user_id, role, scope)
);

CREATE TABLE sessions (
    token_hash TEXT PRIMARY KEY,
    user_id    TEXT NOT NULL REFERENCES users (id),
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX sessions_user ON sessions (user_id);

CREATE TABLE api_keys (
    id          TEXT PRIMARY KEY,
    user_id     TEXT NOT NULL REFERENCES users (id),
    secret_hash TEXT NOT NULL UNIQUE,
    created_at  BIGINT NOT NULL,
    revoked_at  BIGINT
);

CREATE TABLE login_failures (
    id    TEXT PRIMARY KEY,
    login TEXT NOT NULL,
    at    BIGINT NOT NULL
);
CREATE INDEX login_failures_login ON login_failures (login, at);

CREATE TABLE audit (
    id     TEXT PRIMARY KEY,
    at     BIGINT NOT NULL,
    actor  TEXT NOT NULL,
    action TEXT NOT NULL,
    object TEXT NOT NULL,
    detail TEXT NOT NULL DEFAULT ''
);
CREATE INDEX audit_object ON audit (object, id);

CREATE TABLE idempotency (
    principal    TEXT NOT NULL,
    operation    TEXT NOT NULL,
    key          TEXT NOT NULL,
    request_hash TEXT NOT NULL,
    response     TEXT NOT NULL,
    created_at   BIGINT NOT NULL,
    PRIMARY KEY (principal, operation, key)
);
CREATE INDEX idempotency_created ON idempotency (created_at);

CREATE TABLE outbox (
    id         TEXT PRIMARY KEY,
    kind       TEXT NOT NULL,
    payload    TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

-- Artisans.
CREATE TABLE artisans (
    id          TEXT PRIMARY KEY,
    name_en     TEXT NOT NULL,
    name_hi     TEXT NOT NULL DEFAULT '',
    name_ur     TEXT NOT NULL DEFAULT '',
    area        TEXT NOT NULL,
    card_number TEXT NOT NULL DEFAULT '',
    member      BOOLEAN NOT NULL DEFAULT TRUE,
    version     BIGINT NOT NULL DEFAULT 1,
    created_by  TEXT NOT NULL,
    created_at  BIGINT NOT NULL
);
CREATE INDEX artisans_area ON artisans (area, id);

CREATE TABLE artisan_crafts (
    artisan_id TEXT NOT NULL,
    craft      TEXT NOT NULL,
    PRIMARY KEY (artisan_id, craft)
);

CREATE TABLE payees (
    id          TEXT PRIMARY KEY,
    artisan_id  TEXT NOT NULL REFERENCES artisans (id),
    version     BIGINT NOT NULL,
    kind        TEXT NOT NULL CHECK (kind IN ('bank', 'upi')),
    sealed      BYTEA NOT NULL,
    masked      TEXT NOT NULL,
    ifsc        TEXT NOT NULL DEFAULT '',
    blind       TEXT NOT NULL,
    usable_from BIGINT NOT NULL,
    created_by  TEXT NOT NULL,
    created_at  BIGINT NOT NULL,
    UNIQUE (artisan_id, version)
);
CREATE INDEX payees_blind ON payees (blind);

CREATE TABLE consents (
    id         TEXT PRIMARY KEY,
    artisan_id TEXT NOT NULL REFERENCES artisans (id),
    purpose    TEXT NOT NULL CHECK (purpose IN ('name', 'photo', 'story')),
    granted    BOOLEAN NOT NULL,
    notice     TEXT NOT NULL,
    language   TEXT NOT NULL,
    actor      TEXT NOT NULL,
    at         BIGINT NOT NULL
);
CREATE INDEX consents_artisan ON consents (artisan_id, purpose, id);

-- Catalogue.
CREATE TABLE imports (
    id         TEXT PRIMARY KEY,
    source     TEXT NOT NULL,
    state      TEXT NOT NULL CHECK (state IN ('loading', 'visible')),
    row_count  BIGINT NOT NULL DEFAULT 0,
    created_by TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    visible_at BIGINT
);

CREATE TABLE products (
    id             TEXT PRIMARY KEY,
    slug           TEXT NOT NULL UNIQUE,
    state          TEXT NOT NULL CHECK (state IN ('draft', 'submitted', 'needs_correction', 'published', 'archived')),
    area           TEXT NOT NULL,
    craft          TEXT NOT NULL,
    garment        TEXT NOT NULL,
    fabric         TEXT NOT NULL,
    colour         TEXT NOT NULL,
    title_en       TEXT NOT NULL,
    title_hi       TEXT NOT NULL DEFAULT '',
    title_ur       TEXT NOT NULL DEFAULT '',
    description_en TEXT NOT NULL DEFAULT '',
    description_hi TEXT NOT NULL DEFAULT '',
    description_ur TEXT NOT NULL DEFAULT '',
    hsn            TEXT NOT NULL,
    hsn_by         TEXT NOT NULL,
    hsn_on         TEXT NOT NULL,
    one_off        BOOLEAN NOT NULL,
    note           TEXT NOT NULL DEFAULT '',
    import_id      TEXT,
    created_by     TEXT NOT NULL,
    created_at     BIGINT NOT NULL,
    published_at   BIGINT,
    changed_at     BIGINT NOT NULL,
    version        BIGINT NOT NULL DEFAULT 1
);
CREATE INDEX products_changed ON products (changed_at, id);
CREATE INDEX products_published ON products (published_at, id) WHERE state = 'published';
CREATE INDEX products_state ON products (state, id);
CREATE INDEX products_import ON products (import_id, id);

CREATE TABLE product_techniques (
    product_id TEXT NOT NULL,
    technique  TEXT NOT NULL,
    PRIMARY KEY (product_id, technique)
);

CREATE TABLE photos (
    product_id TEXT NOT NULL,
    pos        BIGINT NOT NULL,
    hash       TEXT NOT NULL,
    width      BIGINT NOT NULL,
    height     BIGINT NOT NULL,
    colour     TEXT NOT NULL,
    widths     TEXT NOT NULL,
    PRIMARY KEY (product_id, pos)
);

CREATE TABLE variants (
    id         TEXT PRIMARY KEY,
    product_id TEXT NOT NULL,
    sku        TEXT NOT NULL UNIQUE,
    size       TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX variants_product ON variants (product_id, id);

CREATE TABLE price_cards (
    id         TEXT PRIMARY KEY,
    variant_id TEXT NOT NULL,
    list       TEXT NOT NULL,
    version    BIGINT NOT NULL,
    list_paise BIGINT NOT NULL CHECK (list_paise > 0),
    tag_paise  BIGINT NOT NULL CHECK (tag_paise >= list_paise),
    from_date  TEXT NOT NULL,
    floor_override TEXT NOT NULL DEFAULT '',
    created_by TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (variant_id, list, version)
);

CREATE TABLE price_card_heads (
    card_id TEXT NOT NULL,
    pos     BIGINT NOT NULL,
    kind    TEXT NOT NULL CHECK (kind IN ('cost', 'wage', 'trust', 'makers')),
    head    TEXT NOT NULL,
    paise   BIGINT NOT NULL CHECK (paise >= 0),
    minutes BIGINT NOT NULL DEFAULT 0,
    shares  BOOLEAN NOT NULL DEFAULT FALSE,
    PRIMARY KEY (card_id, pos)
);

CREATE TABLE lots (
    id         TEXT PRIMARY KEY,
    variant_id TEXT NOT NULL REFERENCES variants (id),
    code       TEXT NOT NULL UNIQUE,
    kind       TEXT NOT NULL CHECK (kind IN ('consigned')),
    owner_id   TEXT NOT NULL REFERENCES artisans (id),
    cost_paise BIGINT NOT NULL,
    received   BIGINT NOT NULL CHECK (received > 0),
    trust_material BOOLEAN NOT NULL,
    created_by TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX lots_variant ON lots (variant_id, id);

CREATE TABLE lot_makers (
    lot_id     TEXT NOT NULL,
    pos        BIGINT NOT NULL,
    stage      TEXT NOT NULL,
    artisan_id TEXT NOT NULL REFERENCES artisans (id),
    weight     BIGINT NOT NULL CHECK (weight > 0),
    PRIMARY KEY (lot_id, stage, artisan_id)
);
CREATE INDEX lot_makers_artisan ON lot_makers (artisan_id, lot_id);

CREATE TABLE stock (
    lot_id      TEXT NOT NULL,
    place       TEXT NOT NULL,
    on_hand     BIGINT NOT NULL,
    reserved    BIGINT NOT NULL DEFAULT 0,
    sold        BIGINT NOT NULL DEFAULT 0,
    written_off BIGINT NOT NULL DEFAULT 0,
    missing     BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (lot_id, place),
    CHECK (reserved >= 0 AND reserved <= on_hand)
);

-- Carts and orders.
CREATE TABLE carts (
    id         TEXT PRIMARY KEY,
    token_hash TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    ordered_at BIGINT
);

CREATE TABLE cart_lines (
    cart_id    TEXT NOT NULL,
    variant_id TEXT NOT NULL REFERENCES variants (id),
    quantity   BIGINT NOT NULL CHECK (quantity > 0),
    added_at   BIGINT NOT NULL,
    PRIMARY KEY (cart_id, variant_id)
);

CREATE TABLE orders (
    id              TEXT PRIMARY KEY,
    channel         TEXT NOT NULL CHECK (channel IN ('retail')),
    state           TEXT NOT NULL,
    payment_state   TEXT NOT NULL,
    method          TEXT NOT NULL,
    cart_id         TEXT NOT NULL,
    access_hash     TEXT NOT NULL,
    buyer_name      TEXT NOT NULL,
    buyer_phone     TEXT NOT NULL,
    buyer_email     TEXT NOT NULL,
    house           TEXT NOT NULL,
    landmark        TEXT NOT NULL,
    city            TEXT NOT NULL,
    state_code      TEXT NOT NULL,
    pin             TEXT NOT NULL,
    language        TEXT NOT NULL,
    seller_state    TEXT NOT NULL,
    total_paise     BIGINT NOT NULL CHECK (total_paise > 0),
    taxable_paise   BIGINT NOT NULL,
    cgst_paise      BIGINT NOT NULL,
    sgst_paise      BIGINT NOT NULL,
    igst_paise      BIGINT NOT NULL,
    rounding_paise  BIGINT NOT NULL,
    business_date   TEXT NOT NULL,
    placed_at       BIGINT NOT NULL,
    expires_at      BIGINT,
    confirmed_at    BIGINT,
    closed_at       BIGINT
);
CREATE INDEX orders_expiry ON orders (expires_at) WHERE expires_at IS NOT NULL;
CREATE INDEX orders_state ON orders (state, id);

CREATE TABLE order_lines (
    id             TEXT PRIMARY KEY,
    order_id       TEXT NOT NULL,
    pos            BIGINT NOT NULL,
    product_id     TEXT NOT NULL,
    variant_id     TEXT NOT NULL,
    card_id        TEXT NOT NULL,
    sku            TEXT NOT NULL,
    size           TEXT NOT NULL,
    title_en       TEXT NOT NULL,
    title_hi       TEXT NOT NULL,
    title_ur       TEXT NOT NULL,
    quantity       BIGINT NOT NULL CHECK (quantity > 0),
    hsn            TEXT NOT NULL,
    rate_bp        BIGINT NOT NULL,
    tag_paise      BIGINT NOT NULL,
    taxable_paise  BIGINT NOT NULL,
    cgst_paise     BIGINT NOT NULL,
    sgst_paise     BIGINT NOT NULL,
    igst_paise     BIGINT NOT NULL,
    rounding_paise BIGINT NOT NULL CHECK (rounding_paise BETWEEN -2 AND 2)
);
CREATE INDEX order_lines_order ON order_lines (order_id, pos);

CREATE TABLE order_line_heads (
    line_id TEXT NOT NULL,
    pos     BIGINT NOT NULL,
    kind    TEXT NOT NULL,
    head    TEXT NOT NULL,
    paise   BIGINT NOT NULL,
    minutes BIGINT NOT NULL,
    shares  BOOLEAN NOT NULL,
    PRIMARY KEY (line_id, pos)
);

CREATE TABLE allocations (
    id            TEXT PRIMARY KEY,
    order_id      TEXT NOT NULL,
    line_id       TEXT NOT NULL,
    lot_id        TEXT NOT NULL,
    pieces        BIGINT NOT NULL CHECK (pieces > 0),
    state         TEXT NOT NULL,
    dispatched_at BIGINT,
    delivered_at  BIGINT,
    release_at    BIGINT,
    released_at   BIGINT
);
CREATE INDEX allocations_order ON allocations (order_id, id);
CREATE INDEX allocations_release ON allocations (release_at) WHERE release_at IS NOT NULL;
CREATE INDEX allocations_lot ON allocations (lot_id);

CREATE TABLE payments (
    id             TEXT PRIMARY KEY,
    order_id       TEXT NOT NULL,
    provider       TEXT NOT NULL,
    state          TEXT NOT NULL,
    amount_paise   BIGINT NOT NULL CHECK (amount_paise > 0),
    provider_key   TEXT NOT NULL UNIQUE,
    provider_id    TEXT UNIQUE,
    captured_paise BIGINT NOT NULL DEFAULT 0,
    fee_paise      BIGINT,
    fee_gst_paise  BIGINT,
    refund_due_paise BIGINT NOT NULL DEFAULT 0,
    reason         TEXT NOT NULL DEFAULT '',
    created_at     BIGINT NOT NULL,
    lookup_at      BIGINT
);
CREATE INDEX payments_order ON payments (order_id, id);
CREATE INDEX payments_lookup ON payments (lookup_at) WHERE lookup_at IS NOT NULL;

CREATE TABLE payment_events (
    provider   TEXT NOT NULL,
    event_id   TEXT NOT NULL,
    kind       TEXT NOT NULL,
    payment_id TEXT NOT NULL,
    at         BIGINT NOT NULL,
    PRIMARY KEY (provider, event_id)
);

-- The ledger.
CREATE TABLE entries (
    id            TEXT PRIMARY KEY,
    reference     TEXT NOT NULL UNIQUE,
    kind          TEXT NOT NULL,
    reason        TEXT NOT NULL,
    business_date TEXT NOT NULL,
    posted_at     BIGINT NOT NULL,
    actor         TEXT NOT NULL,
    hash          TEXT NOT NULL
);

CREATE TABLE postings (
    entry_id   TEXT NOT NULL,
    pos        BIGINT NOT NULL,
    account    TEXT NOT NULL,
    paise      BIGINT NOT NULL,
    order_id   TEXT NOT NULL,
    line_id    TEXT NOT NULL,
    lot_id     TEXT NOT NULL,
    artisan_id TEXT NOT NULL,
    nature     TEXT NOT NULL,
    PRIMARY KEY (entry_id, pos)
);
CREATE INDEX postings_account ON postings (account, entry_id, pos);
CREATE INDEX postings_artisan ON postings (artisan_id, entry_id) WHERE artisan_id <> '';
CREATE INDEX postings_order ON postings (order_id, entry_id) WHERE order_id <> '';

CREATE TABLE unsealed (
    entry_id  TEXT PRIMARY KEY,
    posted_at BIGINT NOT NULL
);

CREATE TABLE blocks (
    no        BIGINT PRIMARY KEY,
    prev      TEXT NOT NULL,
    count     BIGINT NOT NULL,
    root      TEXT NOT NULL,
    hash      TEXT NOT NULL,
    sealed_at BIGINT NOT NULL
);

CREATE TABLE seals (
    entry_id TEXT PRIMARY KEY,
    block    BIGINT NOT NULL,
    pos      BIGINT NOT NULL,
    UNIQUE (block, pos)
);

CREATE TABLE account_blocks (
    account TEXT NOT NULL,
    block   BIGINT NOT NULL,
    paise   BIGINT NOT NULL,
    PRIMARY KEY (account, block)
);

-- The newest row of account_blocks, written by the sealer alone.
CREATE TABLE account_heads (
    account TEXT PRIMARY KEY,
    block   BIGINT NOT NULL,
    paise   BIGINT NOT NULL
);

CREATE TABLE balances (
    account    TEXT PRIMARY KEY,
    paise      BIGINT NOT NULL,
    payable_to TEXT
);
CREATE INDEX balances_payable ON balances (payable_to) WHERE payable_to IS NOT NULL AND paise <> 0;

-- Payouts.
CREATE TABLE payout_runs (
    id            TEXT PRIMARY KEY,
    state         TEXT NOT NULL CHECK (state IN ('preparing', 'draft', 'submitting', 'submitted', 'approved', 'sent', 'settled', 'withdrawn')),
    business_date TEXT NOT NULL,
    block         BIGINT NOT NULL,
    head          TEXT NOT NULL,
    prepared_by   TEXT NOT NULL,
    prepared_at   BIGINT NOT NULL,
    submitted_by  TEXT NOT NULL DEFAULT '',
    submitted_at  BIGINT,
    approved_at   BIGINT,
    sent_at       BIGINT,
    content_hash  TEXT NOT NULL DEFAULT '',
    file_hash     TEXT NOT NULL DEFAULT ''
);
CREATE INDEX payout_runs_state ON payout_runs (state, id);

CREATE TABLE payout_items (
    id           TEXT PRIMARY KEY,
    run_id       TEXT NOT NULL,
    artisan_id   TEXT NOT NULL REFERENCES artisans (id),
    amount_paise BIGINT NOT NULL CHECK (amount_paise > 0),
    payee_id     TEXT NOT NULL REFERENCES payees (id),
    reference    TEXT NOT NULL UNIQUE,
    state        TEXT NOT NULL CHECK (state IN ('draft', 'claimed', 'in_transit', 'paid', 'failed', 'returned', 'withdrawn')),
    utr          TEXT,
    reason       TEXT NOT NULL DEFAULT '',
    updated_at   BIGINT NOT NULL,
    UNIQUE (run_id, artisan_id)
);
CREATE UNIQUE INDEX payout_items_utr ON payout_items (utr) WHERE utr IS NOT NULL;
CREATE INDEX payout_items_artisan ON payout_items (artisan_id, id);

CREATE TABLE payout_exceptions (
    run_id       TEXT NOT NULL,
    artisan_id   TEXT NOT NULL,
    amount_paise BIGINT NOT NULL,
    reason       TEXT NOT NULL,
    PRIMARY KEY (run_id, artisan_id)
);

CREATE TABLE payout_approvals (
    run_id       TEXT PRIMARY KEY,
    content_hash TEXT NOT NULL,
    actor        TEXT NOT NULL,
    at           BIGINT NOT NULL
);

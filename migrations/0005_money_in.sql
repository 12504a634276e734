-- +goose Up
-- Registrations under GST: each owns its series of documents and its tax accounts.
CREATE TABLE registrations (
    id         TEXT PRIMARY KEY, -- its name in accounts: liability:gst:<id>:cgst
    prefix     TEXT NOT NULL UNIQUE, -- two letters that begin its series
    gstin      TEXT NOT NULL DEFAULT '', -- '' until it is entered; its documents wait for it
    state      TEXT NOT NULL,
    kind       TEXT NOT NULL CHECK (kind IN ('regular', 'casual', 'composition')),
    legal_name TEXT NOT NULL DEFAULT '',
    address    TEXT NOT NULL DEFAULT '',
    from_date  TEXT NOT NULL,
    to_date    TEXT NOT NULL DEFAULT '',
    created_by TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
INSERT INTO registrations (id, prefix, state, kind, from_date, created_by, created_at)
VALUES ('09', 'SB', '09', 'regular', '2017-07-01', 'system:migration', 0);

-- Lots may be the trust's: a returned piece whose makers keep their credit.
CREATE TABLE lots_new (
    id             TEXT PRIMARY KEY,
    variant_id     TEXT NOT NULL REFERENCES variants (id),
    code           TEXT NOT NULL UNIQUE,
    kind           TEXT NOT NULL CHECK (kind IN ('consigned', 'returned')),
    owner_id       TEXT REFERENCES artisans (id),
    cost_paise     BIGINT NOT NULL CHECK (cost_paise >= 0),
    received       BIGINT NOT NULL CHECK (received > 0),
    trust_material BOOLEAN NOT NULL,
    from_lot       TEXT NOT NULL DEFAULT '',
    created_by     TEXT NOT NULL,
    created_at     BIGINT NOT NULL,
    CHECK ((kind = 'returned') = (owner_id IS NULL)),
    CHECK (kind = 'consigned' OR from_lot <> '')
);
INSERT INTO lots_new (id, variant_id, code, kind, owner_id, cost_paise, received, trust_material, created_by, created_at)
SELECT id, variant_id, code, kind, owner_id, cost_paise, received, trust_material, created_by, created_at
FROM lots;
DROP TABLE lots;
ALTER TABLE lots_new RENAME TO lots;
CREATE INDEX lots_variant ON lots (variant_id, id);

CREATE TABLE write_offs (
    id          TEXT PRIMARY KEY,
    lot_id      TEXT NOT NULL,
    place       TEXT NOT NULL,
    pieces      BIGINT NOT NULL CHECK (pieces > 0),
    reason      TEXT NOT NULL,
    proposed_by TEXT NOT NULL,
    proposed_at BIGINT NOT NULL,
    approved_by TEXT NOT NULL DEFAULT '',
    approved_at BIGINT
);
CREATE INDEX write_offs_open ON write_offs (id) WHERE approved_at IS NULL;

-- A set is a variant without stock of its own: it is sold as its parts.
CREATE TABLE set_parts (
    variant_id TEXT NOT NULL,
    pos        BIGINT NOT NULL,
    part_id    TEXT NOT NULL REFERENCES variants (id),
    pieces     BIGINT NOT NULL CHECK (pieces > 0),
    PRIMARY KEY (variant_id, part_id)
);
CREATE INDEX set_parts_part ON set_parts (part_id);

ALTER TABLE products ADD COLUMN made_to_order BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE variants ADD COLUMN weight_grams BIGINT NOT NULL DEFAULT 400;

-- Coupons.
CREATE TABLE coupons (
    id          TEXT PRIMARY KEY,
    code        TEXT NOT NULL UNIQUE,
    kind        TEXT NOT NULL CHECK (kind IN ('fixed', 'percent')),
    paise       BIGINT NOT NULL DEFAULT 0,
    rate_bp     BIGINT NOT NULL DEFAULT 0,
    least_paise BIGINT NOT NULL DEFAULT 0,
    most_paise  BIGINT NOT NULL DEFAULT 0,
    from_date   TEXT NOT NULL,
    to_date     TEXT NOT NULL,
    uses_limit  BIGINT NOT NULL DEFAULT 0,
    used        BIGINT NOT NULL DEFAULT 0,
    per_phone   BIGINT NOT NULL DEFAULT 0,
    subsidy     TEXT NOT NULL DEFAULT '',
    ended_at    BIGINT,
    created_by  TEXT NOT NULL,
    created_at  BIGINT NOT NULL,
    CHECK (used >= 0 AND (uses_limit = 0 OR used <= uses_limit))
);

-- Orders.
ALTER TABLE orders ADD COLUMN registration TEXT NOT NULL DEFAULT '09';
ALTER TABLE orders ADD COLUMN buyer_gstin TEXT NOT NULL DEFAULT '';
ALTER TABLE orders ADD COLUMN coupon_id TEXT NOT NULL DEFAULT '';
ALTER TABLE orders ADD COLUMN coupon_code TEXT NOT NULL DEFAULT '';
ALTER TABLE orders ADD COLUMN dispute TEXT NOT NULL DEFAULT '';
ALTER TABLE orders ADD COLUMN ended_because TEXT NOT NULL DEFAULT '';
ALTER TABLE orders ADD COLUMN exchange_of TEXT NOT NULL DEFAULT '';
CREATE INDEX orders_coupon ON orders (coupon_id, buyer_phone) WHERE coupon_id <> '';

ALTER TABLE order_lines ADD COLUMN kind TEXT NOT NULL DEFAULT 'goods';
ALTER TABLE order_lines ADD COLUMN list_paise BIGINT NOT NULL DEFAULT 0;
ALTER TABLE order_lines ADD COLUMN full_tag_paise BIGINT NOT NULL DEFAULT 0;
ALTER TABLE order_lines ADD COLUMN set_variant TEXT NOT NULL DEFAULT '';
ALTER TABLE order_lines ADD COLUMN made_to_order BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE order_lines ADD COLUMN cancelled BIGINT NOT NULL DEFAULT 0;
UPDATE order_lines SET list_paise = taxable_paise, full_tag_paise = tag_paise;

CREATE INDEX order_line_heads_subsidy ON order_line_heads (head, line_id) WHERE kind = 'subsidy';

ALTER TABLE allocations ADD COLUMN returned BIGINT NOT NULL DEFAULT 0;
ALTER TABLE allocations ADD COLUMN shipment_id TEXT NOT NULL DEFAULT '';
CREATE INDEX allocations_line ON allocations (line_id);

CREATE TABLE shipments (
    id            TEXT PRIMARY KEY,
    order_id      TEXT NOT NULL,
    carrier       TEXT NOT NULL,
    tracking      TEXT NOT NULL,
    dispatched_at BIGINT NOT NULL,
    delivered_at  BIGINT
);
CREATE INDEX shipments_order ON shipments (order_id, id);
CREATE INDEX shipments_tracking ON shipments (tracking) WHERE tracking <> '';

-- Payments of every method, and money that goes back.
ALTER TABLE payments ADD COLUMN reference TEXT;
ALTER TABLE payments ADD COLUMN claimed_at BIGINT;
ALTER TABLE payments ADD COLUMN captured_at BIGINT;
ALTER TABLE payments ADD COLUMN refunding_paise BIGINT NOT NULL DEFAULT 0;
CREATE UNIQUE INDEX payments_reference ON payments (reference) WHERE reference IS NOT NULL;
CREATE INDEX payments_provider ON payments (provider, provider_id);

CREATE TABLE refunds (
    id           TEXT PRIMARY KEY,
    order_id     TEXT NOT NULL,
    payment_id   TEXT NOT NULL,
    source       TEXT NOT NULL CHECK (source IN ('deposit', 'sale')),
    reason       TEXT NOT NULL,
    amount_paise BIGINT NOT NULL CHECK (amount_paise > 0),
    state        TEXT NOT NULL CHECK (state IN ('due', 'sending', 'pending', 'failed', 'paid')),
    provider     TEXT NOT NULL,
    provider_id  TEXT UNIQUE,
    reference    TEXT NOT NULL DEFAULT '',
    tries        BIGINT NOT NULL DEFAULT 0,
    attempt_at   BIGINT,
    created_by   TEXT NOT NULL,
    created_at   BIGINT NOT NULL,
    paid_at      BIGINT
);
CREATE INDEX refunds_order ON refunds (order_id, id);
CREATE INDEX refunds_payment ON refunds (payment_id);
CREATE INDEX refunds_attempt ON refunds (attempt_at) WHERE attempt_at IS NOT NULL;
CREATE INDEX refunds_open ON refunds (state, id) WHERE state <> 'paid';
INSERT INTO refunds (id, order_id, payment_id, source, reason, amount_paise, state, provider, attempt_at, created_by, created_at)
SELECT 'rfd_' || p.id, p.order_id, p.id, 'deposit', p.reason, p.refund_due_paise, 'due', p.provider, 0, 'system:migration', p.created_at
FROM payments p
WHERE p.refund_due_paise > 0;
UPDATE payments SET refunding_paise = refund_due_paise;

CREATE TABLE disputes (
    id           TEXT PRIMARY KEY,
    provider     TEXT NOT NULL,
    provider_id  TEXT NOT NULL,
    order_id     TEXT NOT NULL,
    payment_id   TEXT NOT NULL,
    amount_paise BIGINT NOT NULL CHECK (amount_paise > 0),
    state        TEXT NOT NULL CHECK (state IN ('open', 'won', 'lost')),
    fee_paise    BIGINT NOT NULL DEFAULT 0,
    fee_gst_paise BIGINT NOT NULL DEFAULT 0,
    opened_at    BIGINT NOT NULL,
    closed_at    BIGINT,
    UNIQUE (provider, provider_id)
);
CREATE INDEX disputes_order ON disputes (order_id, id);

-- Money that a bank statement or a gateway brought and that a person must place.
CREATE TABLE receipts (
    id           TEXT PRIMARY KEY,
    account      TEXT NOT NULL, -- the asset it arrived on: asset:bank:main
    line_key     TEXT NOT NULL UNIQUE,
    amount_paise BIGINT NOT NULL CHECK (amount_paise > 0),
    business_date TEXT NOT NULL,
    reference    TEXT NOT NULL,
    narration    TEXT NOT NULL,
    state        TEXT NOT NULL CHECK (state IN ('matched', 'unidentified', 'placed', 'settlement', 'sent_back')),
    payment_id   TEXT NOT NULL DEFAULT '',
    decided_by   TEXT NOT NULL DEFAULT '',
    decided_at   BIGINT,
    created_by   TEXT NOT NULL,
    created_at   BIGINT NOT NULL
);
CREATE INDEX receipts_amount ON receipts (account, amount_paise);
CREATE INDEX receipts_open ON receipts (id) WHERE state = 'unidentified';
CREATE INDEX receipts_reference ON receipts (account, reference);

-- Returns.
CREATE TABLE returns (
    id           TEXT PRIMARY KEY,
    order_id     TEXT NOT NULL,
    state        TEXT NOT NULL CHECK (state IN ('requested', 'received', 'refused', 'withdrawn')),
    reason       TEXT NOT NULL CHECK (reason IN ('defect', 'courier', 'wrong_piece', 'size', 'changed_mind')),
    note         TEXT NOT NULL DEFAULT '',
    answer       TEXT NOT NULL DEFAULT '', -- the shop's words
    exchange_variant TEXT NOT NULL DEFAULT '',
    exchange_order   TEXT NOT NULL DEFAULT '',
    refund_paise BIGINT NOT NULL DEFAULT 0,
    requested_by TEXT NOT NULL,
    requested_at BIGINT NOT NULL,
    decided_by   TEXT NOT NULL DEFAULT '',
    decided_at   BIGINT
);
CREATE INDEX returns_order ON returns (order_id, id);
CREATE INDEX returns_open ON returns (id) WHERE state = 'requested';

CREATE TABLE return_lines (
    return_id     TEXT NOT NULL,
    allocation_id TEXT NOT NULL,
    pieces        BIGINT NOT NULL CHECK (pieces > 0),
    from_piece    BIGINT NOT NULL DEFAULT 0, -- the pieces from_piece+1 … from_piece+pieces came back
    outcome       TEXT NOT NULL DEFAULT '',
    at_fault      TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (return_id, allocation_id)
);
CREATE INDEX return_lines_allocation ON return_lines (allocation_id);

-- Documents: their text is frozen when they are made, their number follows.
CREATE TABLE documents (
    id            TEXT PRIMARY KEY,
    kind          TEXT NOT NULL CHECK (kind IN ('tax_invoice', 'invoice_cum_bill', 'bill_of_supply', 'credit_note', 'receipt_voucher', 'refund_voucher')),
    registration  TEXT NOT NULL,
    series        TEXT NOT NULL,
    no            BIGINT,
    number        TEXT UNIQUE,
    business_date TEXT NOT NULL,
    order_id      TEXT NOT NULL,
    cause         TEXT NOT NULL, -- the shipment, return, payment or refund it is for
    against_id    TEXT NOT NULL DEFAULT '',
    buyer_gstin   TEXT NOT NULL DEFAULT '',
    supply_state  TEXT NOT NULL,
    inter_state   BOOLEAN NOT NULL,
    taxable_paise BIGINT NOT NULL,
    cgst_paise    BIGINT NOT NULL,
    sgst_paise    BIGINT NOT NULL,
    igst_paise    BIGINT NOT NULL,
    rounding_paise BIGINT NOT NULL,
    total_paise   BIGINT NOT NULL,
    body          TEXT NOT NULL,
    flags         TEXT NOT NULL DEFAULT '',
    created_at    BIGINT NOT NULL,
    numbered_at   BIGINT,
    UNIQUE (kind, cause)
);
CREATE UNIQUE INDEX documents_no ON documents (series, no) WHERE no IS NOT NULL;
CREATE INDEX documents_waiting ON documents (series, business_date, id) WHERE no IS NULL;
CREATE INDEX documents_order ON documents (order_id, id);
CREATE INDEX documents_period ON documents (registration, business_date, id);

CREATE TABLE document_lines (
    document_id    TEXT NOT NULL,
    pos            BIGINT NOT NULL,
    line_id        TEXT NOT NULL,
    description    TEXT NOT NULL,
    hsn            TEXT NOT NULL,
    quantity       BIGINT NOT NULL CHECK (quantity > 0),
    rate_bp        BIGINT NOT NULL,
    list_paise     BIGINT NOT NULL,
    unit_paise     BIGINT NOT NULL,
    taxable_paise  BIGINT NOT NULL,
    cgst_paise     BIGINT NOT NULL,
    sgst_paise     BIGINT NOT NULL,
    igst_paise     BIGINT NOT NULL,
    rounding_paise BIGINT NOT NULL,
    total_paise    BIGINT NOT NULL,
    PRIMARY KEY (document_id, pos)
);

CREATE TABLE series (
    id   TEXT PRIMARY KEY,
    last BIGINT NOT NULL
);

-- What was compared with the gateway's own books, and what differed.
CREATE TABLE reconciliations (
    id         TEXT PRIMARY KEY,
    provider   TEXT NOT NULL,
    from_at    BIGINT NOT NULL,
    to_at      BIGINT NOT NULL,
    compared   BIGINT NOT NULL,
    book_paise BIGINT NOT NULL,
    their_paise BIGINT NOT NULL,
    made_at    BIGINT NOT NULL
);

CREATE TABLE reconciliation_differences (
    reconciliation_id TEXT NOT NULL,
    pos               BIGINT NOT NULL,
    kind              TEXT NOT NULL,
    object            TEXT NOT NULL,
    our_paise         BIGINT NOT NULL,
    their_paise       BIGINT NOT NULL,
    PRIMARY KEY (reconciliation_id, pos)
);

-- Money not yet understood is kept by receipt from now on.
INSERT INTO balances (account, paise, payable_to)
SELECT account, CAST(SUM(paise) AS BIGINT), NULL
FROM postings
WHERE account >= 'liability:unidentified:' AND account < 'liability:unidentified;'
GROUP BY account;

-- Money of another amount than asked, taken in before there were receipts.
UPDATE payments
SET captured_at = (SELECT e.posted_at FROM entries e WHERE e.reference = 'payment:' || payments.id)
WHERE captured_paise > 0;
INSERT INTO receipts (id, account, line_key, amount_paise, business_date, reference, narration, state, payment_id, created_by, created_at)
SELECT p.id, 'asset:stripe', 'payment:' || p.id, p.captured_paise, COALESCE(e.business_date, '2026-01-01'), p.id, '', 'unidentified', p.id,
    'system:migration', COALESCE(e.posted_at, p.created_at)
FROM payments p
LEFT JOIN entries e ON e.reference = 'payment:' || p.id
WHERE p.captured_paise > 0 AND p.captured_paise <> p.amount_paise;
UPDATE payments
SET state = 'unidentified'
WHERE captured_paise > 0 AND captured_paise <> amount_paise;

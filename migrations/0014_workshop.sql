-- +goose Up
-- The workshop: pieces that the trust has made for it, stage by stage.

-- A commissioned lot is the trust's, at the wages and material that went into it.
CREATE TABLE lots_new (
    id             TEXT PRIMARY KEY,
    variant_id     TEXT NOT NULL REFERENCES variants (id),
    code           TEXT NOT NULL UNIQUE,
    kind           TEXT NOT NULL CHECK (kind IN ('consigned', 'commissioned', 'returned')),
    owner_id       TEXT REFERENCES artisans (id),
    cost_paise     BIGINT NOT NULL CHECK (cost_paise >= 0),
    received       BIGINT NOT NULL CHECK (received >= 0), -- 0 when all of it became another lot
    trust_material BOOLEAN NOT NULL,
    from_lot       TEXT NOT NULL DEFAULT '',
    created_by     TEXT NOT NULL,
    created_at     BIGINT NOT NULL,
    CHECK ((kind = 'consigned') = (owner_id IS NOT NULL)),
    CHECK (kind <> 'returned' OR from_lot <> '')
);
INSERT INTO lots_new (id, variant_id, code, kind, owner_id, cost_paise, received, trust_material, from_lot, created_by, created_at)
SELECT id, variant_id, code, kind, owner_id, cost_paise, received, trust_material, from_lot, created_by, created_at
FROM lots;
DROP TABLE lots;
ALTER TABLE lots_new RENAME TO lots;
CREATE INDEX lots_variant ON lots (variant_id, id);

-- lot_id is the lot it will be: its stock account holds the cost from the first wage on.
CREATE TABLE jobs (
    id          TEXT   PRIMARY KEY,
    variant_id  TEXT   NOT NULL REFERENCES variants (id),
    lot_id      TEXT   NOT NULL UNIQUE,
    pieces      BIGINT NOT NULL CHECK (pieces > 0),
    good        BIGINT NOT NULL DEFAULT 0,
    state       TEXT   NOT NULL CHECK (state IN ('open', 'finished', 'cancelled')),
    note        TEXT   NOT NULL DEFAULT '',
    created_by  TEXT   NOT NULL,
    created_at  BIGINT NOT NULL,
    finished_by TEXT   NOT NULL DEFAULT '',
    finished_at BIGINT
);
CREATE INDEX jobs_state ON jobs (state, id);

-- since_change counts the pieces that passed at the present rate and weights.
CREATE TABLE job_stages (
    job_id       TEXT   NOT NULL REFERENCES jobs (id),
    pos          BIGINT NOT NULL,
    stage        TEXT   NOT NULL,
    rate_paise   BIGINT NOT NULL CHECK (rate_paise >= 0),
    passed       BIGINT NOT NULL DEFAULT 0,
    since_change BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (job_id, stage)
);

CREATE TABLE job_makers (
    job_id     TEXT   NOT NULL REFERENCES jobs (id),
    stage      TEXT   NOT NULL,
    pos        BIGINT NOT NULL,
    artisan_id TEXT   NOT NULL REFERENCES artisans (id),
    weight     BIGINT NOT NULL CHECK (weight > 0),
    PRIMARY KEY (job_id, stage, artisan_id)
);
CREATE INDEX job_makers_artisan ON job_makers (artisan_id, job_id);

-- Pieces handed in by one person and looked at by another.
CREATE TABLE hand_ins (
    id         TEXT   PRIMARY KEY,
    job_id     TEXT   NOT NULL REFERENCES jobs (id),
    stage      TEXT   NOT NULL,
    pieces     BIGINT NOT NULL CHECK (pieces > 0),
    passed     BIGINT NOT NULL DEFAULT 0 CHECK (passed >= 0 AND passed <= pieces),
    paise      BIGINT NOT NULL DEFAULT 0, -- wages credited for those that passed
    note       TEXT   NOT NULL DEFAULT '',
    handed_by  TEXT   NOT NULL,
    handed_at  BIGINT NOT NULL,
    decided_by TEXT   NOT NULL DEFAULT '',
    decided_at BIGINT,
    CHECK (decided_by <> handed_by)
);
CREATE INDEX hand_ins_job ON hand_ins (job_id, id);
CREATE INDEX hand_ins_open ON hand_ins (id) WHERE decided_at IS NULL;

CREATE TABLE job_materials (
    id        TEXT   PRIMARY KEY,
    job_id    TEXT   NOT NULL REFERENCES jobs (id),
    what      TEXT   NOT NULL,
    paise     BIGINT NOT NULL CHECK (paise > 0),
    issued_by TEXT   NOT NULL,
    issued_at BIGINT NOT NULL
);
CREATE INDEX job_materials_job ON job_materials (job_id, id);

-- A rate or weights that were agreed and are agreed anew, by two people. Of a
-- consigned lot the pieces that are not sold become a lot of their own.
CREATE TABLE agreement_changes (
    id           TEXT   PRIMARY KEY,
    job_id       TEXT   NOT NULL DEFAULT '',
    lot_id       TEXT   NOT NULL,
    new_lot_id   TEXT   NOT NULL DEFAULT '',
    stage        TEXT   NOT NULL,
    old_rate     BIGINT NOT NULL DEFAULT 0,
    new_rate     BIGINT NOT NULL DEFAULT 0,
    reason       TEXT   NOT NULL,
    state        TEXT   NOT NULL CHECK (state IN ('proposed', 'agreed', 'refused')),
    proposed_by  TEXT   NOT NULL,
    proposed_at  BIGINT NOT NULL,
    decided_by   TEXT   NOT NULL DEFAULT '',
    decided_at   BIGINT,
    CHECK (decided_by <> proposed_by)
);
CREATE INDEX agreement_changes_state ON agreement_changes (state, id);

CREATE TABLE agreement_weights (
    change_id  TEXT   NOT NULL REFERENCES agreement_changes (id),
    artisan_id TEXT   NOT NULL REFERENCES artisans (id),
    pos        BIGINT NOT NULL,
    old_weight BIGINT NOT NULL, -- 0: she was not there
    new_weight BIGINT NOT NULL, -- 0: she is not there any more
    PRIMARY KEY (change_id, artisan_id)
);
CREATE INDEX agreement_weights_artisan ON agreement_weights (artisan_id, change_id);

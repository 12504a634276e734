-- +goose Up
-- Self-help groups: who belongs to one and leads it, and what members have
-- agreed to give it out of their payments.
CREATE TABLE self_help_groups (
    id         TEXT   PRIMARY KEY,
    name_en    TEXT   NOT NULL,
    name_hi    TEXT   NOT NULL DEFAULT '',
    name_ur    TEXT   NOT NULL DEFAULT '',
    area       TEXT   NOT NULL,
    bylaws     TEXT   NOT NULL DEFAULT '',
    created_by TEXT   NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX self_help_groups_area ON self_help_groups (area, id);

-- Dates are business dates; until_date '' is open. A woman is in one group at a time.
CREATE TABLE group_members (
    id         TEXT   PRIMARY KEY,
    group_id   TEXT   NOT NULL REFERENCES self_help_groups (id),
    artisan_id TEXT   NOT NULL REFERENCES artisans (id),
    leader     BOOLEAN NOT NULL DEFAULT FALSE,
    from_date  TEXT   NOT NULL,
    until_date TEXT   NOT NULL DEFAULT '',
    created_by TEXT   NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX group_members_group ON group_members (group_id, from_date);
CREATE UNIQUE INDEX group_members_now ON group_members (artisan_id) WHERE until_date = '';
CREATE UNIQUE INDEX group_leaders_now ON group_members (group_id) WHERE until_date = '' AND leader;

CREATE TABLE deduction_consents (
    id           TEXT   PRIMARY KEY,
    artisan_id   TEXT   NOT NULL REFERENCES artisans (id),
    group_id     TEXT   NOT NULL REFERENCES self_help_groups (id),
    kind         TEXT   NOT NULL CHECK (kind IN ('savings', 'loan')),
    rate_bp      BIGINT NOT NULL CHECK (rate_bp >= 0 AND rate_bp <= 10000),
    most_paise   BIGINT NOT NULL CHECK (most_paise > 0),
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
CREATE INDEX deduction_consents_artisan ON deduction_consents (artisan_id, id);

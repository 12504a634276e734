-- +goose Up
-- How large each size is, and collections of pieces with the days they are shown.
CREATE TABLE variant_measures (
    variant_id  TEXT   NOT NULL REFERENCES variants (id),
    measure     TEXT   NOT NULL,
    millimetres BIGINT NOT NULL CHECK (millimetres BETWEEN 1 AND 20000),
    PRIMARY KEY (variant_id, measure)
);

CREATE TABLE collections (
    id         TEXT   PRIMARY KEY,
    slug       TEXT   NOT NULL UNIQUE,
    title_en   TEXT   NOT NULL,
    title_hi   TEXT   NOT NULL DEFAULT '',
    title_ur   TEXT   NOT NULL DEFAULT '',
    about_en   TEXT   NOT NULL DEFAULT '',
    about_hi   TEXT   NOT NULL DEFAULT '',
    about_ur   TEXT   NOT NULL DEFAULT '',
    asks       TEXT   NOT NULL DEFAULT '', -- JSON of a saved search; '' shows the chosen pieces
    cover_id   TEXT   REFERENCES products (id), -- the piece whose picture it has
    from_date  TEXT   NOT NULL DEFAULT '', -- business dates, both included; '' is no bound
    to_date    TEXT   NOT NULL DEFAULT '',
    edition    BIGINT NOT NULL DEFAULT 1,
    created_by TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    ended_at   BIGINT
);
CREATE INDEX collections_changed ON collections (changed_at);

CREATE TABLE collection_pieces (
    collection_id TEXT   NOT NULL REFERENCES collections (id),
    pos           BIGINT NOT NULL,
    product_id    TEXT   NOT NULL REFERENCES products (id),
    PRIMARY KEY (collection_id, product_id)
);

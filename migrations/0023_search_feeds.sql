-- +goose Up
-- An index that several processes search and one at a time writes: who does, until
-- when by the machine's clock, and where it stands. compared is the last day on
-- which the index was compared with the shop; drift counts what had to be mended.
CREATE TABLE search_feeds (
    name       TEXT   PRIMARY KEY,
    holder     TEXT   NOT NULL,
    held_until BIGINT NOT NULL,
    mark       TEXT   NOT NULL,
    compared   TEXT   NOT NULL,
    drift      BIGINT NOT NULL
);

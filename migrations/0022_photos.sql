-- +goose Up
-- Widths that the sender made as WebP too, and the maker whom a photo shows, if
-- it shows one: it goes when she withdraws her consent.
ALTER TABLE photos ADD COLUMN webp TEXT NOT NULL DEFAULT '';
ALTER TABLE photos ADD COLUMN shows TEXT REFERENCES artisans (id);
CREATE INDEX photos_hash ON photos (hash);
CREATE INDEX photos_shows ON photos (shows) WHERE shows IS NOT NULL;

-- Every photo whose files are or may be in the store. One is entered before its
-- first file is written and leaves after its last is gone, so that whatever is
-- cut off in between is found. at is when it was last asked for; of one that
-- goes, when somebody last began to erase it.
CREATE TABLE photo_files (
    hash  TEXT   PRIMARY KEY,
    state TEXT   NOT NULL CHECK (state IN ('kept', 'going')),
    at    BIGINT NOT NULL
);
CREATE INDEX photo_files_state ON photo_files (state, at);
INSERT INTO photo_files (hash, state, at)
SELECT DISTINCT hash, 'kept', 0 FROM photos;

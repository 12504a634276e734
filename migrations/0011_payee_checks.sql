-- +goose Up
-- How she confirmed a change of her payment details, and who has seen that a bank
-- code is in use that our list does not have.
ALTER TABLE payees ADD COLUMN confirmed TEXT NOT NULL DEFAULT '';
ALTER TABLE payees ADD COLUMN ifsc_note TEXT NOT NULL DEFAULT '';

-- +goose Up
-- What was given out is never changed.
-- +goose StatementBegin
CREATE TRIGGER statements_no_update BEFORE UPDATE ON statements
BEGIN
    SELECT RAISE(ABORT, 'append-only: statements');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER statements_no_delete BEFORE DELETE ON statements
BEGIN
    SELECT RAISE(ABORT, 'append-only: statements');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER statement_pictures_no_update BEFORE UPDATE ON statement_pictures
BEGIN
    SELECT RAISE(ABORT, 'append-only: statement_pictures');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER statement_pictures_no_delete BEFORE DELETE ON statement_pictures
BEGIN
    SELECT RAISE(ABORT, 'append-only: statement_pictures');
END;
-- +goose StatementEnd

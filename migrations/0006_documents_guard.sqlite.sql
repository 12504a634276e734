-- +goose Up
-- A document's lines never change; the document itself only gets its number, once.
-- +goose StatementBegin
CREATE TRIGGER document_lines_no_update BEFORE UPDATE ON document_lines
BEGIN
    SELECT RAISE(ABORT, 'append-only: document_lines');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER document_lines_no_delete BEFORE DELETE ON document_lines
BEGIN
    SELECT RAISE(ABORT, 'append-only: document_lines');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER documents_no_delete BEFORE DELETE ON documents
BEGIN
    SELECT RAISE(ABORT, 'append-only: documents');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER documents_number_only BEFORE UPDATE ON documents
WHEN OLD.no IS NOT NULL
    OR NEW.id <> OLD.id OR NEW.kind <> OLD.kind OR NEW.registration <> OLD.registration OR NEW.series <> OLD.series
    OR NEW.business_date <> OLD.business_date OR NEW.order_id <> OLD.order_id OR NEW.cause <> OLD.cause
    OR NEW.total_paise <> OLD.total_paise OR NEW.body <> OLD.body
BEGIN
    SELECT RAISE(ABORT, 'append-only: documents');
END;
-- +goose StatementEnd

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
    OR NEW.against_id <> OLD.against_id OR NEW.buyer_gstin <> OLD.buyer_gstin OR NEW.supply_state <> OLD.supply_state
    OR NEW.inter_state <> OLD.inter_state OR NEW.taxable_paise <> OLD.taxable_paise OR NEW.cgst_paise <> OLD.cgst_paise
    OR NEW.sgst_paise <> OLD.sgst_paise OR NEW.igst_paise <> OLD.igst_paise OR NEW.rounding_paise <> OLD.rounding_paise
    OR NEW.total_paise <> OLD.total_paise OR NEW.body <> OLD.body OR NEW.flags <> OLD.flags OR NEW.created_at <> OLD.created_at
BEGIN
    SELECT RAISE(ABORT, 'append-only: documents');
END;
-- +goose StatementEnd

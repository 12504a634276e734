-- +goose Up
-- A document's lines never change; the document itself only gets its number, once.
CREATE TRIGGER document_lines_no_change BEFORE UPDATE OR DELETE ON document_lines FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER document_lines_no_truncate BEFORE TRUNCATE ON document_lines FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER documents_no_delete BEFORE DELETE ON documents FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER documents_no_truncate BEFORE TRUNCATE ON documents FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER documents_number_only BEFORE UPDATE ON documents FOR EACH ROW
WHEN (OLD.no IS NOT NULL
    OR NEW.id <> OLD.id OR NEW.kind <> OLD.kind OR NEW.registration <> OLD.registration OR NEW.series <> OLD.series
    OR NEW.business_date <> OLD.business_date OR NEW.order_id <> OLD.order_id OR NEW.cause <> OLD.cause
    OR NEW.total_paise <> OLD.total_paise OR NEW.body <> OLD.body)
EXECUTE FUNCTION refuse_change();

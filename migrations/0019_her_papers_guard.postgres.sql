-- +goose Up
-- What was given out is never changed.
CREATE TRIGGER statements_no_change BEFORE UPDATE OR DELETE ON statements FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER statements_no_truncate BEFORE TRUNCATE ON statements FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER statement_pictures_no_change BEFORE UPDATE OR DELETE ON statement_pictures FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER statement_pictures_no_truncate BEFORE TRUNCATE ON statement_pictures FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- +goose Up
-- Append-only tables refuse every change; see internal/db/postgres.go for the list.
-- +goose StatementBegin
CREATE TRIGGER entries_no_update BEFORE UPDATE ON entries
BEGIN
    SELECT RAISE(ABORT, 'append-only: entries');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER entries_no_delete BEFORE DELETE ON entries
BEGIN
    SELECT RAISE(ABORT, 'append-only: entries');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER postings_no_update BEFORE UPDATE ON postings
BEGIN
    SELECT RAISE(ABORT, 'append-only: postings');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER postings_no_delete BEFORE DELETE ON postings
BEGIN
    SELECT RAISE(ABORT, 'append-only: postings');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER seals_no_update BEFORE UPDATE ON seals
BEGIN
    SELECT RAISE(ABORT, 'append-only: seals');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER seals_no_delete BEFORE DELETE ON seals
BEGIN
    SELECT RAISE(ABORT, 'append-only: seals');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER blocks_no_update BEFORE UPDATE ON blocks
BEGIN
    SELECT RAISE(ABORT, 'append-only: blocks');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER blocks_no_delete BEFORE DELETE ON blocks
BEGIN
    SELECT RAISE(ABORT, 'append-only: blocks');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER account_blocks_no_update BEFORE UPDATE ON account_blocks
BEGIN
    SELECT RAISE(ABORT, 'append-only: account_blocks');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER account_blocks_no_delete BEFORE DELETE ON account_blocks
BEGIN
    SELECT RAISE(ABORT, 'append-only: account_blocks');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit
BEGIN
    SELECT RAISE(ABORT, 'append-only: audit');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit
BEGIN
    SELECT RAISE(ABORT, 'append-only: audit');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER consents_no_update BEFORE UPDATE ON consents
BEGIN
    SELECT RAISE(ABORT, 'append-only: consents');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER consents_no_delete BEFORE DELETE ON consents
BEGIN
    SELECT RAISE(ABORT, 'append-only: consents');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER payout_approvals_no_update BEFORE UPDATE ON payout_approvals
BEGIN
    SELECT RAISE(ABORT, 'append-only: payout_approvals');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER payout_approvals_no_delete BEFORE DELETE ON payout_approvals
BEGIN
    SELECT RAISE(ABORT, 'append-only: payout_approvals');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER payment_events_no_update BEFORE UPDATE ON payment_events
BEGIN
    SELECT RAISE(ABORT, 'append-only: payment_events');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER payment_events_no_delete BEFORE DELETE ON payment_events
BEGIN
    SELECT RAISE(ABORT, 'append-only: payment_events');
END;
-- +goose StatementEnd

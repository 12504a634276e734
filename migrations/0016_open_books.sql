-- +goose Up
-- The address of an order's open book: nothing can be told from it, and who has
-- it sees where the money went and nothing about the buyer.
CREATE TABLE open_books (
    token      TEXT   PRIMARY KEY,
    order_id   TEXT   NOT NULL UNIQUE,
    created_at BIGINT NOT NULL
);

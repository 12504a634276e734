-- +goose Up
-- What an artisan was credited in a month, less what was reversed, by nature:
-- kept by the ledger beside the balances, for tax by the year and for reports.
CREATE TABLE earnings (
    artisan_id TEXT   NOT NULL,
    month      TEXT   NOT NULL,
    nature     TEXT   NOT NULL,
    paise      BIGINT NOT NULL,
    PRIMARY KEY (artisan_id, month, nature)
);

INSERT INTO earnings (artisan_id, month, nature, paise)
SELECT n.artisan_id, n.month, n.nature, CAST(-SUM(n.paise) AS BIGINT)
FROM (
    SELECT p.artisan_id, SUBSTR(e.business_date, 1, 7) AS month, p.paise,
        CASE
            WHEN p.nature LIKE 'wage:%' THEN 'wage'
            WHEN p.nature LIKE 'balance:%' THEN 'balance'
            ELSE p.nature
        END AS nature
    FROM postings p
    JOIN entries e ON e.id = p.entry_id
    WHERE p.artisan_id <> '' AND p.nature NOT IN ('', 'payout')
        AND p.account LIKE 'liability:artisan:%') n
GROUP BY n.artisan_id, n.month, n.nature
HAVING SUM(n.paise) <> 0;

-- Margin of invoice lines, amount and cost each at the exchange rate of the invoice's day.
WITH dated AS (
    SELECT i.id, i.issued_on, i.currency,
        (SELECT CAST(round(r.rate * 1000000000) AS INTEGER) FROM exchange_rates AS r
         WHERE r.currency = i.currency AND r.kind = 'daily' AND r.valid_on <= i.issued_on
         ORDER BY r.valid_on DESC LIMIT 1) AS rate
    FROM invoices AS i WHERE i.issued_on >= :then_start AND i.issued_on < :now_end
      AND (i.issued_on < :then_end OR i.issued_on >= :now_start)
),
months AS MATERIALIZED (
    SELECT
        CASE WHEN d.issued_on >= :now_start THEN 'now' ELSE 'then' END AS w,
        substr(d.issued_on, 1, 7) || '-01' AS month,
        sum(CASE WHEN d.currency = :base THEN l.amount / 100 - l.cost / 100
                 ELSE (l.amount / 100 * d.rate + sign(l.amount) * 500000000) / 1000000000
                    - (l.cost / 100 * d.rate + sign(l.cost) * 500000000) / 1000000000 END) AS margin_cents
    FROM dated AS d JOIN invoice_lines AS l ON l.invoice_id = d.id
    WHERE l.cost IS NOT NULL
    GROUP BY w, month
)
SELECT w, 'month' AS axis, month AS member, margin_cents FROM months
UNION ALL
SELECT w, 'total', NULL, sum(margin_cents) FROM months GROUP BY w

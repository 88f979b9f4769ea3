-- Margin of invoice lines, amount and cost each at the exchange rate of the invoice's day.
WITH months AS (
    SELECT
        CASE WHEN i.issued_on >= :now_start THEN 'now' ELSE 'then' END AS w,
        date_trunc('month', i.issued_on)::date AS month,
        sum(CASE WHEN i.currency = :base THEN trunc(l.amount * 100) - trunc(l.cost * 100)
                 ELSE trunc(trunc(l.amount * 100) * r.rate + 0.5 * sign(l.amount))
                    - trunc(trunc(l.cost * 100) * r.rate + 0.5 * sign(l.cost)) END) AS margin_cents
    FROM invoices AS i
    JOIN invoice_lines AS l ON l.invoice_id = i.id
    LEFT JOIN rates AS r ON r.currency = i.currency AND r.kind = 'daily' AND r.day = i.issued_on
    WHERE i.issued_on >= :then_start AND i.issued_on < :now_end
      AND (i.issued_on < :then_end OR i.issued_on >= :now_start) AND l.cost IS NOT NULL
    GROUP BY 1, 2
)
SELECT w, CASE WHEN grouping(month) = 0 THEN 'month' ELSE 'total' END AS axis, CAST(month AS text) AS member,
    sum(margin_cents) AS margin_cents
FROM months GROUP BY GROUPING SETS ((w), (w, month))

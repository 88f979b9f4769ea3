-- Media cost at the exchange rate of its day.
WITH months AS MATERIALIZED (
    SELECT
        CASE WHEN spent_on >= :now_start THEN 'now' ELSE 'then' END AS w,
        substr(spent_on, 1, 7) || '-01' AS month,
        sum(CASE WHEN currency = :base THEN amount / 100
                 ELSE (amount / 100 * rate + sign(amount) * 500000000) / 1000000000 END) AS media_cents
    FROM (
        SELECT s.*,
            (SELECT CAST(round(r.rate * 1000000000) AS INTEGER) FROM exchange_rates AS r
             WHERE r.currency = s.currency AND r.kind = 'daily' AND r.valid_on <= s.spent_on
             ORDER BY r.valid_on DESC LIMIT 1) AS rate
        FROM spend AS s WHERE s.kind = 'media' AND s.spent_on >= :then_start AND s.spent_on < :now_end
          AND (s.spent_on < :then_end OR s.spent_on >= :now_start)
    )
    GROUP BY w, month
)
SELECT w, 'month' AS axis, month AS member, media_cents FROM months
UNION ALL
SELECT w, 'total', NULL, sum(media_cents) FROM months GROUP BY w

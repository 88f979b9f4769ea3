-- Media cost at the exchange rate of its day.
WITH months AS (
    SELECT
        CASE WHEN spent_on >= :now_start THEN 'now' ELSE 'then' END AS w,
        date_trunc('month', spent_on)::date AS month,
        sum(CASE WHEN s.currency = :base THEN trunc(amount * 100)
                 ELSE trunc(trunc(amount * 100) * r.rate + 0.5 * sign(amount)) END) AS media_cents
    FROM spend AS s
    LEFT JOIN rates AS r ON r.currency = s.currency AND r.kind = 'daily' AND r.day = s.spent_on
    WHERE s.kind = 'media' AND spent_on >= :then_start AND spent_on < :now_end
      AND (spent_on < :then_end OR spent_on >= :now_start)
    GROUP BY 1, 2
)
SELECT w, CASE WHEN grouping(month) = 0 THEN 'month' ELSE 'total' END AS axis, CAST(month AS text) AS member,
    sum(media_cents) AS media_cents
FROM months GROUP BY GROUPING SETS ((w), (w, month))

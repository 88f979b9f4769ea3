-- Customers at the start and end of each window and month, those lost in it, and their days in it;
-- and at the very end by the segment they are in. Memberships that touch or overlap are one. Who has
-- none is a customer from an order until silent for longer than the segment's threshold.
WITH windows AS (
    SELECT 'now' AS w, CAST(NULL AS date) AS month, CAST(:now_start AS date) AS opens, CAST(:now_end AS date) AS closes
    UNION ALL
    SELECT 'then', NULL, :then_start, :then_end
    UNION ALL
    SELECT 'now', day, greatest(day, :now_start), least((day + INTERVAL '1 month')::date, :now_end)
    FROM (SELECT CAST(m AS date) AS day
          FROM generate_series(date_trunc('month', CAST(:now_start AS date)), CAST(:now_end AS date) - 1,
                               INTERVAL '1 month') AS m) AS months
),
orders AS (
    SELECT account_id, issued_on AS day FROM invoices AS i WHERE kind = 'invoice'
      AND NOT EXISTS (SELECT 1 FROM memberships AS m WHERE m.account_id = i.account_id)
    UNION
    SELECT account_id, closed_on FROM opportunities AS o
    WHERE status = 'won' AND closed_on IS NOT NULL AND account_id IS NOT NULL
      AND NOT EXISTS (SELECT 1 FROM invoices AS i WHERE i.account_id = o.account_id AND i.kind = 'invoice')
      AND NOT EXISTS (SELECT 1 FROM memberships AS m WHERE m.account_id = o.account_id)
),
spans AS (
    SELECT id, account_id, started_on AS start_day, coalesce(ended_on, DATE 'infinity') AS until, 'contract' AS basis
    FROM memberships WHERE ended_on IS NULL OR ended_on >= started_on
    UNION ALL
    SELECT 0, o.account_id, o.day, o.day + coalesce(own.days, every.days), 'silence'
    FROM orders AS o
    JOIN calendar AS c ON c.day = o.day
    JOIN accounts AS a ON a.id = o.account_id
    LEFT JOIN LATERAL (
        SELECT h.segment FROM account_history AS h
        WHERE h.account_id = o.account_id AND h.changed_at < c.ends_at
        ORDER BY h.changed_at DESC, h.id DESC LIMIT 1
    ) AS v ON true
    LEFT JOIN silence_thresholds AS own ON own.segment = coalesce(v.segment, a.segment)
    LEFT JOIN silence_thresholds AS every ON every.segment IS NULL
),
joined AS (
    SELECT *, coalesce(start_day <= max(until) OVER (
        PARTITION BY account_id ORDER BY start_day, until, id
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), false) AS continues
    FROM spans
),
numbered AS (
    SELECT *, count(*) FILTER (WHERE NOT continues)
        OVER (PARTITION BY account_id ORDER BY start_day, until, id) AS run FROM joined
),
runs AS MATERIALIZED (
    SELECT account_id, min(start_day) AS start_day,
        CASE WHEN basis = 'silence' AND max(until) >= :now_end THEN DATE 'infinity' ELSE max(until) END AS end_day
    FROM numbered GROUP BY account_id, basis, run
)
SELECT
    w, CASE WHEN month IS NULL THEN 'total' ELSE 'month' END AS axis, CAST(month AS text) AS member,
    max(closes - opens) AS days,
    count(*) FILTER (WHERE start_day < opens) AS at_start,
    count(*) FILTER (WHERE start_day < opens AND end_day < closes) AS churned,
    count(*) FILTER (WHERE end_day < closes) AS lost,
    sum(least(end_day, closes) - greatest(start_day, opens)) AS customer_days,
    count(*) FILTER (WHERE end_day >= closes) AS active
FROM windows JOIN runs ON start_day < closes AND end_day >= opens
GROUP BY w, month
UNION ALL
SELECT 'now', 'segment', CASE WHEN v.id IS NULL THEN a.segment ELSE v.segment END,
    NULL, NULL, NULL, NULL, NULL, count(*)
FROM runs AS r
JOIN calendar AS c ON c.day = :now_end
JOIN accounts AS a ON a.id = r.account_id
LEFT JOIN LATERAL (
    SELECT h.id, h.segment FROM account_history AS h
    WHERE h.account_id = r.account_id AND h.changed_at < c.starts_at
    ORDER BY h.changed_at DESC, h.id DESC LIMIT 1
) AS v ON true
WHERE r.start_day < :now_end AND r.end_day >= :now_end
GROUP BY 3

-- Customers at the start and end of each window and month, those lost in it, and their days in it;
-- and at the very end by the segment they are in. Memberships that touch or overlap are one. Who has
-- none is a customer from an order until silent for longer than the segment's threshold.
WITH RECURSIVE months(month) AS (
    SELECT date(:now_start, 'start of month')
    UNION ALL
    SELECT date(month, '+1 month') FROM months WHERE date(month, '+1 month') < :now_end
),
windows AS MATERIALIZED (
    SELECT 'now' AS w, NULL AS month, :now_start AS opens, :now_end AS closes
    UNION ALL
    SELECT 'then', NULL, :then_start, :then_end
    UNION ALL
    SELECT 'now', month, max(month, :now_start), min(date(month, '+1 month'), :now_end) FROM months
),
orders AS (
    SELECT account_id, issued_on AS day FROM invoices WHERE kind = 'invoice'
    UNION
    SELECT account_id, closed_on FROM opportunities AS o
    WHERE status = 'won' AND closed_on IS NOT NULL AND account_id IS NOT NULL
      AND NOT EXISTS (SELECT 1 FROM invoices AS i WHERE i.account_id = o.account_id AND i.kind = 'invoice')
),
silent AS (
    SELECT o.account_id, o.day, date(o.day, '+' || coalesce(
        (SELECT t.days FROM silence_thresholds AS t WHERE t.segment = coalesce(
            (SELECT h.segment FROM account_history AS h JOIN calendar AS c ON c.day = o.day
             WHERE h.account_id = o.account_id AND h.changed_at < c.ends_at
             ORDER BY h.changed_at DESC, h.id DESC LIMIT 1),
            (SELECT a.segment FROM accounts AS a WHERE a.id = o.account_id))),
        (SELECT t.days FROM silence_thresholds AS t WHERE t.segment IS NULL)) || ' days') AS silent_day
    FROM orders AS o
    WHERE NOT EXISTS (SELECT 1 FROM memberships AS m WHERE m.account_id = o.account_id)
),
spans AS (
    SELECT id, account_id, started_on AS start_day, coalesce(ended_on, '9999-12-31') AS until, 'contract' AS basis
    FROM memberships WHERE ended_on IS NULL OR ended_on >= started_on
    UNION ALL
    SELECT 0, account_id, day, silent_day, 'silence' FROM silent
),
joined AS (
    SELECT *, coalesce(start_day <= max(until) OVER (
        PARTITION BY account_id ORDER BY start_day, until, id
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS continues
    FROM spans
),
numbered AS (
    SELECT *, sum(1 - continues) OVER (PARTITION BY account_id ORDER BY start_day, until, id) AS run FROM joined
),
runs AS MATERIALIZED (
    SELECT account_id, min(start_day) AS start_day,
        CASE WHEN basis = 'silence' AND max(until) >= :now_end THEN '9999-12-31' ELSE max(until) END AS end_day
    FROM numbered GROUP BY account_id, basis, run
),
active AS (
    SELECT r.account_id,
        (SELECT h.id FROM account_history AS h
         WHERE h.account_id = r.account_id AND h.changed_at < c.starts_at
         ORDER BY h.changed_at DESC, h.id DESC LIMIT 1) AS version_id
    FROM runs AS r JOIN calendar AS c ON c.day = :now_end
    WHERE r.start_day < :now_end AND r.end_day >= :now_end
)
SELECT
    w, CASE WHEN month IS NULL THEN 'total' ELSE 'month' END AS axis, month AS member,
    CAST(max(julianday(closes) - julianday(opens)) AS INTEGER) AS days,
    count(*) FILTER (WHERE start_day < opens) AS at_start,
    count(*) FILTER (WHERE start_day < opens AND end_day < closes) AS churned,
    count(*) FILTER (WHERE end_day < closes) AS lost,
    CAST(sum(julianday(min(end_day, closes)) - julianday(max(start_day, opens))) AS INTEGER) AS customer_days,
    count(*) FILTER (WHERE end_day >= closes) AS active
FROM windows JOIN runs ON start_day < closes AND end_day >= opens
GROUP BY w, month
UNION ALL
SELECT 'now', 'segment', CASE WHEN v.version_id IS NULL THEN a.segment ELSE h.segment END,
    NULL, NULL, NULL, NULL, NULL, count(*)
FROM active AS v
JOIN accounts AS a ON a.id = v.account_id
LEFT JOIN account_history AS h ON h.id = v.version_id
GROUP BY 3

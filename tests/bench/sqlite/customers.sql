-- Customers at the start and end of each window and month, those lost in it, and their days in it.
-- Memberships that touch or overlap are one.
WITH RECURSIVE months(month) AS (
    SELECT date(:now_start, 'start of month')
    UNION ALL
    SELECT date(month, '+1 month') FROM months WHERE date(month, '+1 month') < :now_end
),
windows AS MATERIALIZED (
    SELECT 'now' AS w, NULL AS month, :now_start AS opens, :now_end AS closes
    UNION ALL
    SELECT 'then', NULL, :then_start, :now_start
    UNION ALL
    SELECT 'now', month, max(month, :now_start), min(date(month, '+1 month'), :now_end) FROM months
),
sound AS (
    SELECT id, account_id, started_on, coalesce(ended_on, '9999-12-31') AS until FROM memberships
    WHERE ended_on IS NULL OR ended_on >= started_on
),
joined AS (
    SELECT *, coalesce(started_on <= max(until) OVER (
        PARTITION BY account_id ORDER BY started_on, until, id
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS continues
    FROM sound
),
numbered AS (
    SELECT *, sum(1 - continues) OVER (PARTITION BY account_id ORDER BY started_on, until, id) AS run FROM joined
),
runs AS MATERIALIZED (
    SELECT account_id, min(started_on) AS start_day, max(until) AS end_day FROM numbered GROUP BY account_id, run
)
SELECT
    w, CASE WHEN month IS NULL THEN 'total' ELSE 'month' END AS axis, month AS member,
    count(*) FILTER (WHERE start_day < opens) AS at_start,
    count(*) FILTER (WHERE start_day < opens AND end_day < closes) AS churned,
    count(*) FILTER (WHERE end_day < closes) AS lost,
    CAST(sum(julianday(min(end_day, closes)) - julianday(max(start_day, opens))) AS INTEGER) AS customer_days,
    count(*) FILTER (WHERE end_day >= closes) AS active
FROM windows JOIN runs ON start_day < closes AND end_day >= opens
GROUP BY w, month

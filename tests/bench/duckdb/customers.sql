-- Customers at the start and end of each window and month, those lost in it, and their days in it.
WITH windows AS (
    SELECT 'now' AS w, NULL AS month, CAST(:now_start AS DATE) AS opens, CAST(:now_end AS DATE) AS closes
    UNION ALL
    SELECT 'then', NULL, :then_start, :then_end
    UNION ALL
    SELECT 'now', CAST(month AS DATE), greatest(CAST(month AS DATE), :now_start),
        least(CAST(month + INTERVAL 1 MONTH AS DATE), :now_end)
    FROM generate_series(date_trunc('month', :now_start), :now_end - 1, INTERVAL 1 MONTH) AS months(month)
),
spells AS (
    SELECT start_day, coalesce(end_day, DATE '9999-12-31') AS end_day, lost_day, end_reason
    FROM customer_spells WHERE bad IS NULL
)
SELECT
    w, CASE WHEN month IS NULL THEN 'total' ELSE 'month' END AS axis, CAST(month AS VARCHAR) AS member,
    max(closes - opens) AS days,
    count(*) FILTER (start_day < opens) AS at_start,
    count(*) FILTER (start_day < opens AND lost_day >= opens AND lost_day < closes) AS churned,
    count(*) FILTER (end_reason = 'lost' AND end_day < closes) AS lost,
    CAST(sum(least(end_day, closes) - greatest(start_day, opens)) AS BIGINT) AS customer_days,
    count(*) FILTER (end_day >= closes) AS active
FROM windows
JOIN spells ON start_day < closes AND end_day >= opens
GROUP BY w, month

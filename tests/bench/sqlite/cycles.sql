-- Days from opening to win. SQLite has no median: the middle one, or the mean of the middle two.
WITH won AS MATERIALIZED (
    SELECT
        CASE WHEN closed_on >= :now_start THEN 'now' ELSE 'then' END AS w,
        substr(closed_on, 1, 7) || '-01' AS month,
        CAST(julianday(closed_on) - julianday(opened_on) AS INTEGER) AS days
    FROM opportunities
    WHERE status = 'won' AND closed_on >= :then_start AND closed_on < :now_end
      AND (closed_on < :then_end OR closed_on >= :now_start)
      AND closed_on >= opened_on
),
axes AS (
    SELECT w, 'total' AS axis, NULL AS member, days FROM won
    UNION ALL
    SELECT w, 'month', month, days FROM won
),
ranked AS (
    SELECT w, axis, member, days,
        row_number() OVER (PARTITION BY w, axis, member ORDER BY days) AS place,
        count(*) OVER (PARTITION BY w, axis, member) AS n
    FROM axes
)
SELECT w, axis, member, avg(days) AS median_cycle
FROM ranked WHERE place IN ((n + 1) / 2, (n + 2) / 2)
GROUP BY w, axis, member

-- Days from opening to win.
SELECT
    CASE WHEN closed_on >= :now_start THEN 'now' ELSE 'then' END AS w,
    CASE WHEN grouping(date_trunc('month', closed_on)) = 0 THEN 'month' ELSE 'total' END AS axis,
    CAST(date_trunc('month', closed_on)::date AS text) AS member,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY closed_on - opened_on) AS median_cycle
FROM opportunities
WHERE status = 'won' AND closed_on >= :then_start AND closed_on < :now_end
  AND (closed_on < :then_end OR closed_on >= :now_start) AND closed_on >= opened_on
GROUP BY GROUPING SETS
    ((CASE WHEN closed_on >= :now_start THEN 'now' ELSE 'then' END),
     (CASE WHEN closed_on >= :now_start THEN 'now' ELSE 'then' END, date_trunc('month', closed_on)))

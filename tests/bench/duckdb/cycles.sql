-- Days from opening to win.
SELECT
    CASE WHEN closed_day >= :now_start THEN 'now' ELSE 'then' END AS w,
    CASE WHEN grouping(month) = 0 THEN 'month' ELSE 'total' END AS axis,
    CAST(date_trunc('month', closed_day) AS DATE) AS month,
    CAST(month AS VARCHAR) AS member,
    count(*) AS cycles, median(cycle_days) AS median_cycle
FROM deals
WHERE closed_day >= :then_start AND closed_day < :now_end
  AND (closed_day < :then_end OR closed_day >= :now_start)
  AND status = 'won' AND opened_day IS NOT NULL AND cycle_days >= 0
GROUP BY GROUPING SETS ((w), (w, month))

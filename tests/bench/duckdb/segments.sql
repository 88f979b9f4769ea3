-- Customers at the end, by segment.
SELECT 'now' AS w, 'segment' AS axis, CAST(segment AS VARCHAR) AS member, count(*) AS active
FROM customer_spells
WHERE bad IS NULL AND start_day < :now_end AND (end_day IS NULL OR end_day >= :now_end)
GROUP BY segment

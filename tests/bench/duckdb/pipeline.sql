-- Deals open at the end of each window.
SELECT w, 'total' AS axis, NULL AS member, count(*) AS open_deals, CAST(sum(amount_cents) AS BIGINT) AS open_cents
FROM (VALUES ('now', :now_end), ('then', :then_end)) AS windows(w, closes)
JOIN deal_spells ON start_day < closes AND (end_day IS NULL OR end_day >= closes)
WHERE bad IS NULL AND amount_cents IS NOT NULL
GROUP BY w

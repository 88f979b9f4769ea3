-- Deals closed, by everything that the page shows them by. First the smallest cells, then their sums.
WITH cells AS (
    SELECT
        CASE WHEN closed_day >= :now_start THEN 'now' ELSE 'then' END AS w,
        CAST(date_trunc('month', closed_day) AS DATE) AS month, region, country, segment,
        count(*) FILTER (status = 'won') AS won,
        count(amount_cents) FILTER (status = 'won') AS won_with_amount,
        sum(amount_cents) FILTER (status = 'won') AS revenue_cents,
        count(*) FILTER (status <> 'open') AS closed
    FROM deals
    WHERE closed_day >= :then_start AND closed_day < :now_end
      AND (closed_day < :then_end OR closed_day >= :now_start)
    GROUP BY ALL
)
SELECT
    w,
    CASE WHEN grouping(month) = 0 THEN 'month' WHEN grouping(region) = 0 THEN 'region'
         WHEN grouping(country) = 0 THEN 'country' WHEN grouping(segment) = 0 THEN 'segment'
         ELSE 'total' END AS axis,
    coalesce(CAST(month AS VARCHAR), CAST(region AS VARCHAR), CAST(country AS VARCHAR), CAST(segment AS VARCHAR))
        AS member,
    CAST(sum(won) AS BIGINT) AS won, CAST(sum(won_with_amount) AS BIGINT) AS won_with_amount,
    CAST(sum(revenue_cents) AS BIGINT) AS revenue_cents, CAST(sum(closed) AS BIGINT) AS closed
FROM cells
GROUP BY GROUPING SETS ((w), (w, month), (w, region), (w, country), (w, segment))

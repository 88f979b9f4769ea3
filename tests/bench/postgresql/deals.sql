-- Deals closed, each with the exchange rate of its day and its account as it was that day.
WITH RECURSIVE upwards(id, name, parent_id, country) AS (
    SELECT id, name, parent_id, country FROM regions
    UNION ALL
    SELECT u.id, r.name, r.parent_id, coalesce(u.country, r.country)
    FROM upwards AS u JOIN regions AS r ON r.id = u.parent_id
),
places AS (SELECT id, name AS region, country FROM upwards WHERE parent_id IS NULL),
closed AS (
    SELECT
        CASE WHEN o.closed_on >= :now_start THEN 'now' ELSE 'then' END AS w,
        date_trunc('month', o.closed_on)::date AS month,
        o.status = 'won' AS won,
        CASE WHEN o.status = 'won' THEN CASE WHEN o.currency = :base THEN trunc(o.amount * 100)
            ELSE trunc(trunc(o.amount * 100) * r.rate + 0.5 * sign(o.amount)) END END AS cents,
        coalesce(own.region, place.region) AS region,
        coalesce(a.country, place.country) AS country,
        CASE WHEN v.id IS NULL THEN a.segment ELSE v.segment END AS segment
    FROM opportunities AS o
    JOIN calendar AS c ON c.day = o.closed_on
    LEFT JOIN rates AS r ON r.currency = o.currency AND r.kind = 'daily' AND r.day = o.closed_on
    LEFT JOIN accounts AS a ON a.id = o.account_id
    LEFT JOIN LATERAL (
        SELECT h.id, h.segment, h.region_id FROM account_history AS h
        WHERE h.account_id = o.account_id AND h.changed_at < c.ends_at
        ORDER BY h.changed_at DESC, h.id DESC LIMIT 1
    ) AS v ON true
    LEFT JOIN places AS own ON own.id = o.region_id
    LEFT JOIN places AS place ON place.id = CASE WHEN v.id IS NULL THEN a.region_id ELSE v.region_id END
    WHERE o.status <> 'open' AND o.closed_on >= :then_start AND o.closed_on < :now_end
      AND (o.closed_on < :then_end OR o.closed_on >= :now_start)
),
cells AS MATERIALIZED (
    SELECT w, month, region, country, segment, count(*) FILTER (WHERE won) AS won,
        count(cents) AS won_with_amount, sum(cents) AS revenue_cents, count(*) AS closed
    FROM closed GROUP BY w, month, region, country, segment
)
SELECT
    w,
    CASE WHEN grouping(month) = 0 THEN 'month' WHEN grouping(region) = 0 THEN 'region'
         WHEN grouping(country) = 0 THEN 'country' WHEN grouping(segment) = 0 THEN 'segment'
         ELSE 'total' END AS axis,
    coalesce(CAST(month AS text), region, country, segment) AS member,
    sum(won) AS won, sum(won_with_amount) AS won_with_amount, sum(revenue_cents) AS revenue_cents,
    sum(closed) AS closed
FROM cells
GROUP BY GROUPING SETS ((w), (w, month), (w, region), (w, country), (w, segment))

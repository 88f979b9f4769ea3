-- Deals closed, each with the exchange rate of its day and its account as it was that day.
WITH RECURSIVE upwards(id, name, parent_id, country, depth) AS (
    SELECT id, name, parent_id, country, 0 FROM regions
    UNION ALL
    SELECT u.id, r.name, r.parent_id, coalesce(u.country, r.country), u.depth + 1
    FROM upwards AS u JOIN regions AS r ON r.id = u.parent_id
),
places AS MATERIALIZED (SELECT id, name AS region, country FROM upwards WHERE parent_id IS NULL),
dated AS (
    SELECT
        o.*, c.ends_at,
        (SELECT h.id FROM account_history AS h
         WHERE h.account_id = o.account_id AND h.changed_at < c.ends_at
         ORDER BY h.changed_at DESC, h.id DESC LIMIT 1) AS version_id,
        (SELECT CAST(round(r.rate * 1000000000) AS INTEGER) FROM exchange_rates AS r
         WHERE r.currency = o.currency AND r.kind = 'daily' AND r.valid_on <= o.closed_on
         ORDER BY r.valid_on DESC LIMIT 1) AS rate
    FROM opportunities AS o JOIN calendar AS c ON c.day = o.closed_on
    WHERE o.status <> 'open' AND o.closed_on >= :then_start AND o.closed_on < :now_end
      AND (o.closed_on < :then_end OR o.closed_on >= :now_start)
),
closed AS MATERIALIZED (
    SELECT
        CASE WHEN d.closed_on >= :now_start THEN 'now' ELSE 'then' END AS w,
        substr(d.closed_on, 1, 7) || '-01' AS month,
        d.status = 'won' AS won,
        CASE WHEN d.status <> 'won' THEN NULL
             WHEN d.currency = :base THEN d.amount / 100
             ELSE (d.amount / 100 * d.rate + sign(d.amount) * 500000000) / 1000000000 END AS cents,
        coalesce(own.region, place.region) AS region,
        coalesce(a.country, place.country) AS country,
        CASE WHEN d.version_id IS NULL THEN a.segment ELSE v.segment END AS segment
    FROM dated AS d
    LEFT JOIN accounts AS a ON a.id = d.account_id
    LEFT JOIN account_history AS v ON v.id = d.version_id
    LEFT JOIN places AS own ON own.id = d.region_id
    LEFT JOIN places AS place ON place.id = CASE WHEN d.version_id IS NULL THEN a.region_id ELSE v.region_id END
),
cells AS MATERIALIZED (
    SELECT w, month, region, country, segment,
        sum(won) AS won, count(cents) AS won_with_amount, sum(cents) AS revenue_cents, count(*) AS closed
    FROM closed GROUP BY w, month, region, country, segment
),
axes AS (
    SELECT w, 'total' AS axis, NULL AS member, won, won_with_amount, revenue_cents, closed FROM cells
    UNION ALL SELECT w, 'month', month, won, won_with_amount, revenue_cents, closed FROM cells
    UNION ALL SELECT w, 'region', region, won, won_with_amount, revenue_cents, closed FROM cells
    UNION ALL SELECT w, 'country', country, won, won_with_amount, revenue_cents, closed FROM cells
    UNION ALL SELECT w, 'segment', segment, won, won_with_amount, revenue_cents, closed FROM cells
)
SELECT w, axis, member, sum(won) AS won, sum(won_with_amount) AS won_with_amount,
    sum(revenue_cents) AS revenue_cents, sum(closed) AS closed
FROM axes GROUP BY w, axis, member

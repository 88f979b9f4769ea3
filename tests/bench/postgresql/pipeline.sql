-- Deals open at the end of each window: the amount as it stood then, at the fiscal year's plan rate.
WITH windows AS (
    SELECT w, day, starts_at FROM calendar
    JOIN (VALUES ('now', CAST(:now_end AS date)), ('then', CAST(:then_end AS date))) AS v(w, closes) ON day = closes
),
amounts AS (
    SELECT w.w, v.amount, v.currency,
        greatest(o.opened_on, (v.changed_at AT TIME ZONE CAST(:zone AS text))::date) AS since
    FROM windows AS w
    JOIN opportunities AS o
        ON o.opened_on < w.day AND (o.status = 'open' OR o.closed_on >= w.day AND o.closed_on >= o.opened_on)
    JOIN LATERAL (
        SELECT h.amount, h.currency, h.changed_at FROM opportunity_history AS h
        WHERE h.opportunity_id = o.id AND h.changed_at < w.starts_at
        ORDER BY h.changed_at DESC, h.id DESC LIMIT 1
    ) AS v ON v.amount IS NOT NULL
)
SELECT w, 'total' AS axis, NULL AS member, count(*) AS open_deals,
    sum(CASE WHEN a.currency = :base THEN trunc(amount * 100)
             ELSE trunc(trunc(amount * 100) * r.rate + 0.5 * sign(amount)) END) AS open_cents
FROM amounts AS a
LEFT JOIN rates AS r ON r.currency = a.currency AND r.kind = 'plan' AND r.day = a.since
GROUP BY w

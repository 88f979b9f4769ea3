-- Deals open at the end of each window: the amount as it stood then, at the fiscal year's plan rate.
WITH windows(w, closes) AS (VALUES ('now', :now_end), ('then', :then_end)),
open AS (
    SELECT
        w.w, o.opened_on, o.status, o.amount AS amount_now, o.currency AS currency_now,
        (SELECT h.id FROM opportunity_history AS h
         WHERE h.opportunity_id = o.id AND h.changed_at < c.starts_at
         ORDER BY h.changed_at DESC, h.id DESC LIMIT 1) AS version_id
    FROM windows AS w JOIN calendar AS c ON c.day = w.closes
    JOIN opportunities AS o
        ON o.opened_on < w.closes AND (o.status = 'open' OR o.closed_on >= w.closes AND o.closed_on >= o.opened_on)
),
amounts AS (
    SELECT o.w, v.amount, v.currency,
        max(o.opened_on, (SELECT c.day FROM calendar AS c WHERE c.starts_at <= v.changed_at
                          ORDER BY c.starts_at DESC LIMIT 1)) AS since
    FROM open AS o JOIN opportunity_history AS v ON v.id = o.version_id
    WHERE v.amount IS NOT NULL
),
converted AS (
    SELECT w, amount, currency,
        (SELECT CAST(round(r.rate * 1000000000) AS INTEGER) FROM exchange_rates AS r
         WHERE r.currency = a.currency AND r.kind = 'plan' AND r.valid_on <= a.since
         ORDER BY r.valid_on DESC LIMIT 1) AS rate
    FROM amounts AS a
)
SELECT w, 'total' AS axis, NULL AS member, count(*) AS open_deals,
    sum(CASE WHEN currency = :base THEN amount / 100
             ELSE (amount / 100 * rate + sign(amount) * 500000000) / 1000000000 END) AS open_cents
FROM converted GROUP BY w

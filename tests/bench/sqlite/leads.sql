-- Leads old enough to be judged, and those whose account bought within 90 days.
WITH dated AS (
    SELECT c.day AS created_day, l.converted_account_id AS account_id
    FROM calendar AS c JOIN leads AS l ON l.created_at >= c.starts_at AND l.created_at < c.ends_at
    WHERE c.day >= :then_start AND (c.day < :then_end OR c.day >= :now_start)
      AND date(c.day, '+90 days') < date(:now_end, '-1 day')
),
judged AS (
    SELECT created_day, account_id IS NOT NULL AND (
        EXISTS (SELECT 1 FROM invoices AS i WHERE i.account_id = d.account_id AND i.kind = 'invoice'
                AND i.issued_on >= d.created_day AND i.issued_on <= date(d.created_day, '+90 days'))
        OR EXISTS (SELECT 1 FROM opportunities AS o WHERE o.account_id = d.account_id AND o.status = 'won'
                   AND o.closed_on >= d.created_day AND o.closed_on <= date(d.created_day, '+90 days')
                   AND NOT EXISTS (SELECT 1 FROM invoices AS i
                                   WHERE i.account_id = d.account_id AND i.kind = 'invoice'))
    ) AS converted
    FROM dated AS d
),
months AS MATERIALIZED (
    SELECT CASE WHEN created_day >= :now_start THEN 'now' ELSE 'then' END AS w,
        substr(created_day, 1, 7) || '-01' AS month, count(*) AS leads, sum(converted) AS converted
    FROM judged GROUP BY w, month
)
SELECT w, 'month' AS axis, month AS member, leads, converted FROM months
UNION ALL
SELECT w, 'total', NULL, sum(leads), sum(converted) FROM months GROUP BY w

-- Leads old enough to be judged, and those whose account bought within 90 days.
WITH dated AS (
    SELECT (created_at AT TIME ZONE CAST(:zone AS text))::date AS created_day, converted_account_id AS account_id
    FROM leads
    WHERE created_at >= (SELECT starts_at FROM calendar WHERE day = :then_start)
),
judged AS (
    SELECT created_day, account_id IS NOT NULL AND (
        EXISTS (SELECT 1 FROM invoices AS i WHERE i.account_id = d.account_id AND i.kind = 'invoice'
                AND i.issued_on BETWEEN d.created_day AND d.created_day + 90)
        OR EXISTS (SELECT 1 FROM opportunities AS o WHERE o.account_id = d.account_id AND o.status = 'won'
                   AND o.closed_on BETWEEN d.created_day AND d.created_day + 90
                   AND NOT EXISTS (SELECT 1 FROM invoices AS i
                                   WHERE i.account_id = d.account_id AND i.kind = 'invoice'))
    ) AS converted
    FROM dated AS d
    WHERE (created_day < :then_end OR created_day >= :now_start)
      AND created_day + 90 < CAST(:now_end AS date) - 1
),
months AS (
    SELECT CASE WHEN created_day >= :now_start THEN 'now' ELSE 'then' END AS w,
        date_trunc('month', created_day)::date AS month,
        count(*) AS leads, count(*) FILTER (WHERE converted) AS converted
    FROM judged GROUP BY 1, 2
)
SELECT w, CASE WHEN grouping(month) = 0 THEN 'month' ELSE 'total' END AS axis, CAST(month AS text) AS member,
    sum(leads) AS leads, sum(converted) AS converted
FROM months GROUP BY GROUPING SETS ((w), (w, month))

-- Accounts by the month of their first purchase: invoice; else deal won; else membership.
WITH invoiced AS (
    SELECT account_id, min(issued_on) AS day FROM invoices WHERE kind = 'invoice' GROUP BY account_id
),
won AS (
    SELECT account_id, min(closed_on) AS day FROM opportunities
    WHERE status = 'won' AND closed_on IS NOT NULL GROUP BY account_id
),
joined AS (SELECT account_id, min(started_on) AS day FROM memberships GROUP BY account_id),
firsts AS (
    SELECT coalesce(i.account_id, o.account_id, m.account_id) AS account_id, coalesce(i.day, o.day, m.day) AS day
    FROM invoiced AS i
    FULL JOIN won AS o ON o.account_id = i.account_id
    FULL JOIN joined AS m ON m.account_id = coalesce(i.account_id, o.account_id)
),
months AS (
    SELECT CASE WHEN day >= :now_start THEN 'now' ELSE 'then' END AS w,
        date_trunc('month', day)::date AS month, count(*) AS new_customers
    FROM firsts WHERE account_id IS NOT NULL AND day >= :then_start AND day < :now_end
      AND (day < :then_end OR day >= :now_start)
    GROUP BY 1, 2
)
SELECT w, CASE WHEN grouping(month) = 0 THEN 'month' ELSE 'total' END AS axis, CAST(month AS text) AS member,
    sum(new_customers) AS new_customers
FROM months GROUP BY GROUPING SETS ((w), (w, month))

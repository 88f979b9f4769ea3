-- Accounts by the month of their first purchase: invoice; else deal won; else membership.
WITH firsts AS (
    SELECT account_id, min(issued_on) AS day FROM invoices WHERE kind = 'invoice' GROUP BY account_id
    UNION ALL
    SELECT account_id, min(closed_on) FROM opportunities AS o
    WHERE status = 'won' AND closed_on IS NOT NULL
      AND NOT EXISTS (SELECT 1 FROM invoices AS i WHERE i.account_id = o.account_id AND i.kind = 'invoice')
    GROUP BY account_id
    UNION ALL
    SELECT account_id, min(started_on) FROM memberships AS m
    WHERE NOT EXISTS (SELECT 1 FROM invoices AS i WHERE i.account_id = m.account_id AND i.kind = 'invoice')
      AND NOT EXISTS (SELECT 1 FROM opportunities AS o
                      WHERE o.account_id = m.account_id AND o.status = 'won' AND o.closed_on IS NOT NULL)
    GROUP BY account_id
),
months AS MATERIALIZED (
    SELECT CASE WHEN day >= :now_start THEN 'now' ELSE 'then' END AS w, substr(day, 1, 7) || '-01' AS month,
        count(*) AS new_customers
    FROM firsts WHERE account_id IS NOT NULL AND day >= :then_start AND day < :now_end
      AND (day < :then_end OR day >= :now_start)
    GROUP BY w, month
)
SELECT w, 'month' AS axis, month AS member, new_customers FROM months
UNION ALL
SELECT w, 'total', NULL, sum(new_customers) FROM months GROUP BY w

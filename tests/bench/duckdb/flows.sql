-- What happens on a day and needs no more than a sum: first purchases, cost, margin, leads, answers.
WITH flows AS (
    SELECT first_day AS day, 1 AS new_customers, NULL AS media_cents, NULL AS margin_cents,
        NULL AS leads, NULL AS converted, NULL AS answers, NULL AS satisfied
    FROM customers WHERE first_day >= :then_start AND first_day < :now_end
    UNION ALL
    SELECT day, NULL, amount_cents, NULL, NULL, NULL, NULL, NULL
    FROM spend WHERE day >= :then_start AND day < :now_end AND spend_kind = 'media'
    UNION ALL
    SELECT issued_day, NULL, NULL, sum(margin_cents), NULL, NULL, NULL, NULL
    FROM invoice_lines WHERE issued_day >= :then_start AND issued_day < :now_end GROUP BY issued_day
    UNION ALL
    SELECT created_day, NULL, NULL, NULL, count(*), count(*) FILTER (customer_day <= created_day + 90), NULL, NULL
    FROM leads WHERE created_day >= :then_start AND created_day + 90 < :now_end - 1 GROUP BY created_day
    UNION ALL
    SELECT answered_day, NULL, NULL, NULL, NULL, NULL, count(satisfied), sum(satisfied)
    FROM answers
    WHERE answered_day >= :then_start AND answered_day < :now_end AND kind = 'CSAT' AND latest = 1
    GROUP BY answered_day
)
SELECT
    CASE WHEN day >= :now_start THEN 'now' ELSE 'then' END AS w,
    CASE WHEN grouping(month) = 0 THEN 'month' ELSE 'total' END AS axis,
    CAST(date_trunc('month', day) AS DATE) AS month,
    CAST(month AS VARCHAR) AS member,
    CAST(sum(new_customers) AS BIGINT) AS new_customers, CAST(sum(media_cents) AS BIGINT) AS media_cents,
    CAST(sum(margin_cents) AS BIGINT) AS margin_cents, CAST(sum(leads) AS BIGINT) AS leads,
    CAST(sum(converted) AS BIGINT) AS converted, CAST(sum(answers) AS BIGINT) AS answers,
    CAST(sum(satisfied) AS BIGINT) AS satisfied
FROM flows
WHERE day < :then_end OR day >= :now_start
GROUP BY GROUPING SETS ((w), (w, month))

-- The last answer per case and survey; a blank one never outdoes one with a score.
WITH given AS (
    SELECT x.answered_at, x.score, s.satisfied_from, coalesce(x.case_id, i.case_id) AS case_id,
        row_number() OVER (
            PARTITION BY coalesce(x.case_id, i.case_id), x.survey_id
            ORDER BY x.score IS NOT NULL DESC, x.answered_at DESC, x.id DESC
        ) AS place
    FROM survey_answers AS x
    JOIN surveys AS s ON s.id = x.survey_id AND s.kind = 'CSAT'
    LEFT JOIN survey_invitations AS i ON i.id = x.invitation_id
),
months AS (
    SELECT CASE WHEN c.day >= :now_start THEN 'now' ELSE 'then' END AS w,
        date_trunc('month', c.day)::date AS month,
        count(*) AS answers, count(*) FILTER (WHERE score >= satisfied_from) AS satisfied
    FROM given AS g
    JOIN calendar AS c ON c.day = (g.answered_at AT TIME ZONE CAST(:zone AS text))::date
    WHERE c.day >= :then_start AND c.day < :now_end AND (c.day < :then_end OR c.day >= :now_start)
      AND g.score IS NOT NULL AND (g.place = 1 OR g.case_id IS NULL)
    GROUP BY 1, 2
)
SELECT w, CASE WHEN grouping(month) = 0 THEN 'month' ELSE 'total' END AS axis, CAST(month AS text) AS member,
    sum(answers) AS answers, sum(satisfied) AS satisfied
FROM months GROUP BY GROUPING SETS ((w), (w, month))

-- The last answer per case and survey; a blank one never outdoes one with a score.
WITH given AS (
    SELECT x.id, x.answered_at, x.score, s.satisfied_from,
        coalesce(x.case_id, i.case_id) AS case_id,
        row_number() OVER (
            PARTITION BY coalesce(x.case_id, i.case_id), x.survey_id
            ORDER BY x.score IS NOT NULL DESC, x.answered_at DESC, x.id DESC
        ) AS place
    FROM survey_answers AS x
    JOIN surveys AS s ON s.id = x.survey_id AND s.kind = 'CSAT'
    LEFT JOIN survey_invitations AS i ON i.id = x.invitation_id
),
months AS MATERIALIZED (
    SELECT CASE WHEN c.day >= :now_start THEN 'now' ELSE 'then' END AS w, substr(c.day, 1, 7) || '-01' AS month,
        count(*) AS answers, sum(score >= satisfied_from) AS satisfied
    FROM calendar AS c JOIN given AS g ON g.answered_at >= c.starts_at AND g.answered_at < c.ends_at
    WHERE c.day >= :then_start AND c.day < :now_end
      AND (c.day < :then_end OR c.day >= :now_start)
      AND g.score IS NOT NULL AND (g.place = 1 OR g.case_id IS NULL)
    GROUP BY w, month
)
SELECT w, 'month' AS axis, month AS member, answers, satisfied FROM months
UNION ALL
SELECT w, 'total', NULL, sum(answers), sum(satisfied) FROM months GROUP BY w

-- Customers at the end, by the segment they were in.
WITH versions AS (
    SELECT
        m.account_id,
        (SELECT h.id FROM account_history AS h
         WHERE h.account_id = m.account_id AND h.changed_at < c.starts_at
         ORDER BY h.changed_at DESC, h.id DESC LIMIT 1) AS version_id
    FROM (SELECT DISTINCT account_id FROM memberships
          WHERE started_on < :now_end AND (ended_on IS NULL OR ended_on >= :now_end)) AS m
    JOIN calendar AS c ON c.day = :now_end
)
SELECT 'now' AS w, 'segment' AS axis,
    CASE WHEN v.version_id IS NULL THEN a.segment ELSE h.segment END AS member, count(*) AS active
FROM versions AS v
JOIN accounts AS a ON a.id = v.account_id
LEFT JOIN account_history AS h ON h.id = v.version_id
GROUP BY member

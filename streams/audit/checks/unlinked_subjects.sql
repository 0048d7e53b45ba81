-- Records that wait for a source, a registration or a link. Of publications that say the same either may be the one that
-- waits, so the first and last time lie between theirs.
-- key: subject, source

CREATE OR REPLACE TEMP VIEW expected AS
WITH strongest AS (
    SELECT subject, source, kind, record_id, appended_at,
        rank() OVER (PARTITION BY subject, kind, source, record_id
            ORDER BY revision DESC, digest DESC, retraction DESC) AS place
    FROM of_children AS p
    WHERE NOT is_known OR child_id NOT IN (SELECT child_id FROM lives)
),
records AS (
    SELECT subject, source, kind, record_id, min(appended_at) AS earliest, max(appended_at) AS latest
    FROM strongest WHERE place = 1 GROUP BY ALL
),
waiting AS (
    SELECT subject, source, count(*) AS records, min(earliest) AS first_from, min(latest) AS first_to,
        max(earliest) AS last_from, max(latest) AS last_to
    FROM records GROUP BY ALL
)
SELECT w.subject, w.source, w.records,
    CASE WHEN f.first_at BETWEEN w.first_from AND w.first_to THEN f.first_at ELSE w.first_from END AS first_at,
    CASE WHEN f.last_at BETWEEN w.last_from AND w.last_to THEN f.last_at ELSE w.last_from END AS last_at
FROM waiting AS w LEFT JOIN store.unlinked_subjects AS f USING (subject, source);

CREATE OR REPLACE TEMP VIEW found AS FROM store.unlinked_subjects;

-- Records that stand and wait for a source, a registration or a link. The first and last time are those of the
-- publications that hold; of several that say the same one of them, it depends on where they wait.
-- key: subject, source

CREATE OR REPLACE TEMP VIEW expected AS
WITH waiting AS (
    SELECT subject, source, kind, record_id, appended_at, retraction FROM of_children
    WHERE NOT is_known OR child_id NOT IN (SELECT child_id FROM lives)
    QUALIFY rank() OVER (
        PARTITION BY subject, kind, source, record_id ORDER BY revision DESC, digest DESC, retraction DESC) = 1
),
records AS (
    SELECT subject, source, min(appended_at) AS held_from, max(appended_at) AS held_to
    FROM waiting WHERE NOT retraction GROUP BY subject, source, kind, record_id
),
subjects_waiting AS (
    SELECT subject, source, count(*) AS records, min(held_from) AS first_from, min(held_to) AS first_to,
        max(held_from) AS last_from, max(held_to) AS last_to
    FROM records GROUP BY ALL
)
SELECT w.subject, w.source, w.records,
    CASE WHEN f.first_at BETWEEN w.first_from AND w.first_to THEN f.first_at ELSE w.first_from END AS first_at,
    CASE WHEN f.last_at BETWEEN w.last_from AND w.last_to THEN f.last_at ELSE w.last_to END AS last_at
FROM subjects_waiting AS w LEFT JOIN store.unlinked_subjects AS f USING (subject, source);

CREATE OR REPLACE TEMP VIEW found AS FROM store.unlinked_subjects;

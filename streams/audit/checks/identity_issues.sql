-- Links, registrations and record numbers that contradict each other, and children who attend and were never registered.
-- A problem is known since the last of its records was visible: the store says since when each is, and the timeline's own
-- check whether that may be.
-- key: subject, problem

CREATE OR REPLACE TEMP TABLE told AS
SELECT s.child_id, s.subject, s.kind, s.source, s.record_id, concat_ws('/', s.source, s.kind, s.record_id) AS record,
    s.happened // 1000 AS occurred_at, s.data, t.accepted_at AS visible
FROM standing AS s JOIN (SELECT child_id FROM lives) USING (child_id)
LEFT JOIN store.timeline AS t USING (child_id, kind, source, record_id);

CREATE OR REPLACE TEMP TABLE links_told AS
SELECT *, data ->> '$.same_as' AS same_as FROM told WHERE kind = 'identity.linked';

CREATE OR REPLACE TEMP TABLE links_held AS
FROM links_told WHERE same_as <> subject
QUALIFY row_number() OVER (PARTITION BY child_id, subject ORDER BY occurred_at DESC, source DESC, record_id DESC) = 1;

CREATE OR REPLACE TEMP TABLE going_round AS
WITH RECURSIVE way AS (
    SELECT child_id, subject, same_as FROM links_held
    UNION
    SELECT w.child_id, w.subject, l.same_as
    FROM way AS w JOIN links_held AS l ON l.child_id = w.child_id AND l.subject = w.same_as
)
SELECT child_id, subject FROM way WHERE subject = same_as;

-- Enrolments that stand in their centre, of children whom nobody registered; of copies the first one counts.
CREATE OR REPLACE TEMP TABLE unregistered AS
SELECT e.subject, concat_ws('/', e.source, e.kind, e.record_id) AS record, min(p.appended_at) AS visible
FROM of_centers AS e
JOIN subjects AS s USING (subject)
JOIN publications AS p USING (center_id, subject, kind, source, record_id, revision, digest, retraction), moment AS m
WHERE e.kind = 'child.enrolled' AND (e.data ->> '$.from_date')::DATE + 30 <= m.today
    AND s.child_id NOT IN (SELECT child_id FROM lives)
GROUP BY ALL;

CREATE OR REPLACE TEMP VIEW expected AS
WITH contradicting AS (
    SELECT child_id, subject FROM links_told WHERE same_as <> subject GROUP BY ALL HAVING count(DISTINCT same_as) > 1
),
shared AS (
    SELECT kind, source, record_id, max(visible) AS visible FROM told
    GROUP BY ALL HAVING count(DISTINCT child_id) > 1
),
disputed AS (
    SELECT child_id FROM told WHERE kind = 'child.registered' GROUP BY child_id
    HAVING count(DISTINCT data ->> '$.birth_date') > 1
        OR count(DISTINCT nullif(data ->> '$.sex', 'unknown')) > 1
),
problems AS (
    SELECT child_id, subject, 'contradicting-links' AS problem, record, visible
    FROM links_told SEMI JOIN contradicting USING (child_id, subject) WHERE same_as <> subject
    UNION ALL
    SELECT child_id, subject, 'link-cycle', record, visible FROM links_held SEMI JOIN going_round USING (child_id, subject)
    UNION ALL
    SELECT child_id, subject, 'link-cycle', record, visible FROM links_told WHERE same_as = subject
    UNION ALL
    SELECT t.child_id, t.subject, 'same-identity-two-children', t.record, s.visible
    FROM told AS t JOIN shared AS s USING (kind, source, record_id)
    UNION ALL
    SELECT t.child_id, t.subject, 'equal-revision-conflict', t.record, t.visible
    FROM told AS t SEMI JOIN conflicts USING (child_id, kind, source, record_id)
    UNION ALL
    SELECT s.child_id, s.subject, 'contradicting-registrations', t.record, t.visible
    FROM (SELECT DISTINCT child_id, subject FROM told SEMI JOIN disputed USING (child_id) WHERE kind = 'child.registered') AS s
    JOIN told AS t ON t.child_id = s.child_id AND t.kind = 'child.registered'
    UNION ALL
    SELECT '', subject, 'enrolled-unregistered', record, visible FROM unregistered
)
SELECT subject, problem, child_id, list_sort(list(DISTINCT record)) AS records, max(visible) AS since
FROM problems GROUP BY child_id, subject, problem;

CREATE OR REPLACE TEMP VIEW found AS
SELECT * REPLACE (list_sort(records) AS records) FROM store.identity_issues;

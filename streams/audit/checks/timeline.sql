-- Every record that stands, of every registered child, cell by cell.
-- key: child_id, kind, source, record_id

-- Of publications that say the same the one that the store shows.
CREATE OR REPLACE TEMP TABLE shown AS
SELECT s.*, f.accepted_at AS seen_at FROM strongest AS s
LEFT JOIN store.timeline AS f USING (child_id, kind, source, record_id)
WHERE NOT s.retraction
QUALIFY row_number() OVER (
    PARTITION BY s.child_id, s.kind, s.source, s.record_id ORDER BY coalesce(s.origin = f.origin, false) DESC, s.seq) = 1;

-- What may have made a record visible later than itself: a registration or a link of any subject that was ever linked
-- with its own, or the withdrawal of one; the registration of the source that sent one, or of its own.
CREATE OR REPLACE TEMP TABLE revealing AS
WITH RECURSIVE sources_known AS (
    SELECT substr(subject, 8) AS source, appended_at FROM publications WHERE kind = 'source.registered'
),
told AS (
    SELECT subject, source, appended_at FROM of_children WHERE kind IN ('identity.linked', 'child.registered')
),
pairs AS (
    SELECT subject AS one, data ->> '$.same_as' AS other FROM of_children
    WHERE kind = 'identity.linked' AND NOT retraction
),
family AS (
    SELECT subject, subject AS member FROM (SELECT one AS subject FROM pairs UNION SELECT other FROM pairs)
    UNION
    SELECT f.subject, p.other
    FROM family AS f JOIN (FROM pairs UNION ALL SELECT other, one FROM pairs) AS p ON p.one = f.member
),
children_known AS (
    SELECT s.child_id, t.source, t.appended_at FROM told AS t JOIN subjects AS s USING (subject)
    UNION
    SELECT s.child_id, t.source, t.appended_at
    FROM told AS t JOIN family AS f USING (subject) JOIN subjects AS s ON s.subject = f.member
)
SELECT child_id AS revealed, appended_at FROM children_known
UNION
SELECT c.child_id, s.appended_at FROM children_known AS c JOIN sources_known AS s USING (source)
UNION
SELECT source, appended_at FROM sources_known;

-- It cannot have been visible before its source, its child and its subject's link were all there. Of a link of whom it is
-- linked to the time may be either's, whichever was followed last; of links that go round, any.
CREATE OR REPLACE TEMP TABLE hidden_until AS
WITH sources_since AS (
    SELECT substr(subject, 8) AS source, min(appended_at) AS since FROM publications
    WHERE kind = 'source.registered' AND NOT starts_with(subject, 'source:registry:') GROUP BY ALL
),
told AS (
    SELECT p.child_id, p.subject, p.kind, p.data ->> '$.same_as' AS same_as,
        greatest(p.appended_at, s.since) AS since
    FROM of_children AS p LEFT JOIN sources_since AS s USING (source)
    WHERE p.is_known AND NOT p.retraction AND p.kind IN ('child.registered', 'identity.linked')
)
SELECT u.subject AS revealed, u.source AS sender, greatest(r.since, l.since, s.since) AS hidden
FROM (SELECT DISTINCT subject, child_id, source FROM winners) AS u
LEFT JOIN (SELECT child_id, min(since) AS since FROM told WHERE kind = 'child.registered' GROUP BY ALL) AS r USING (child_id)
LEFT JOIN (
    SELECT subject, min(t.since) AS since FROM told AS t JOIN links USING (subject, same_as)
    WHERE subject IN (SELECT subject FROM roots)
        AND subject NOT IN (SELECT r.subject FROM reached AS r JOIN cycles AS c ON c.subject = r.reached)
    GROUP BY ALL
) AS l USING (subject)
LEFT JOIN sources_since AS s USING (source);

CREATE OR REPLACE TEMP VIEW expected AS
SELECT s.child_id, s.kind, s.source, s.record_id, s.subject, s.happened // 1000 AS occurred_at,
    coalesce((s.data ->> '$.date')::DATE, s.day) AS local_date, s.revision,
    coalesce((s.data ->> '$.date')::DATE, s.day) - l.born AS age_days,
    coalesce(s.data ->> '$.center_id', '') AS center_id, coalesce(s.data ->> '$.class_id', '') AS class_id,
    coalesce(s.data ->> '$.clinic_id', '') AS clinic_id,
    CASE WHEN g.uncorrected IS NULL THEN s.data::VARCHAR
        ELSE rtrim(s.data::VARCHAR, '}') || ',"uncorrected":' || g.uncorrected || '}' END AS data,
    g.waz, g.haz, g.wlz, g.baz, g.hcz, g.wst_wfa, g.wst_lhfa, g.wst_wfl, s.recorded_at // 1000 AS recorded_at,
    CASE WHEN s.seen_at >= greatest(s.appended_at, h.hidden) AND EXISTS (
            FROM revealing AS r WHERE r.revealed IN (s.child_id, s.source) AND r.appended_at = s.seen_at)
        THEN s.seen_at ELSE greatest(s.appended_at, h.hidden) END AS accepted_at,
    s.origin, s.event_id,
    list_sort(list_filter([
        CASE WHEN d.kind IS NOT NULL THEN 'enrolled-after-departure' END,
        CASE WHEN c.kind IS NOT NULL THEN 'equal-revision-conflict' END,
        CASE WHEN s.kind = 'checkup.recorded' AND w.opens_on > s.day THEN 'milestone-too-early' END
    ], lambda flag: flag IS NOT NULL) || coalesce(g.flags, [])) AS flags
FROM shown AS s
JOIN (SELECT child_id, born FROM lives) AS l USING (child_id)
LEFT JOIN hidden_until AS h ON h.revealed = s.subject AND h.sender = s.source
LEFT JOIN growth AS g USING (child_id, kind, source, record_id)
LEFT JOIN conflicts AS c USING (child_id, kind, source, record_id)
LEFT JOIN departures_enrolled AS d USING (child_id, kind, source, record_id)
LEFT JOIN windows AS w ON w.child_id = s.child_id AND w.milestone = (s.data ->> '$.milestone');

CREATE OR REPLACE TEMP VIEW found AS
SELECT * REPLACE (list_sort(flags) AS flags) FROM store.timeline;

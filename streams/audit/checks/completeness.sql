-- Every published event is accounted for, once: refused, a report, passed on in full to where it belongs, or waiting.
-- key: topic, partition, offset

-- Where the store says an event went.
CREATE OR REPLACE TEMP TABLE passages AS
SELECT topic, "partition", "offset", list(center_id) FILTER (via = 'facility-events' AND center_id <> '') AS centers,
    list(child_id) FILTER (via = 'child-events') AS children,
    countif(via = 'facility-events' AND center_id = '') AS registry,
    CASE WHEN min(content) = max(content) THEN min(content) ELSE 'several' END AS content, min(appended_at) AS appended_at
FROM store.events GROUP BY ALL;

CREATE OR REPLACE TEMP TABLE refusals AS
SELECT topic, "partition", "offset", count(*) AS refused FROM store.rejections GROUP BY ALL;

-- A subject that was registered is known for ever, one that is linked, and all that are one child with one registered.
-- One whose links were all withdrawn may have been known or not: it depends on what came first, and its records wait
-- either way.
CREATE OR REPLACE TEMP TABLE known_subjects AS
WITH registered AS (
    SELECT DISTINCT subject FROM publications
    WHERE is_known AND NOT retraction AND kind = 'child.registered' AND seq NOT IN (SELECT seq FROM late)
),
children_registered AS (SELECT child_id FROM subjects WHERE subject IN (FROM registered)),
linking AS (
    SELECT subject, data ->> '$.same_as' AS same_as FROM publications
    WHERE is_known AND NOT retraction AND kind = 'identity.linked' AND seq NOT IN (SELECT seq FROM late)
),
perhaps AS (
    FROM registered UNION SELECT subject FROM linking UNION SELECT same_as FROM linking
)
SELECT subject, subject IN (FROM registered) OR subject IN (SELECT subject FROM links)
    OR coalesce(child_id IN (FROM children_registered), false) AS certain
FROM perhaps LEFT JOIN subjects USING (subject);

-- When a subject moves to another child, only the strongest publication of each record goes with it. Of the same bytes
-- sent several times one waits in the park: where one of them is, all are.
CREATE OR REPLACE TEMP TABLE fates AS
WITH placed AS (
    SELECT p.seq, p.subject, p.kind, p.source, p.record_id, p.scheme <> 'child' AS is_fact, p.center_id,
        s.child_id, k.certain, p.is_known, l.seq IS NOT NULL AS is_late,
        rank() OVER (PARTITION BY p.subject, p.kind, p.source, p.record_id
            ORDER BY p.revision DESC, p.digest DESC, p.retraction DESC) = 1 AS strongest
    FROM publications AS p
    LEFT JOIN subjects AS s USING (subject)
    LEFT JOIN known_subjects AS k USING (subject)
    LEFT JOIN late AS l USING (seq)
),
told AS (
    SELECT g.*, f.* EXCLUDE (seq), coalesce(a.kind = 'reporting.completed', false) AS is_report,
        r.code IS NOT NULL AS is_refused, coalesce(n.refused, 0) AS refused, coalesce(len(p.centers), 0) AS in_centers,
        coalesce(len(p.children), 0) AS in_children, coalesce(p.registry, 0) AS in_registry, p.content,
        p.appended_at AS passed_at,
        bool_or(coalesce(list_contains(p.centers, f.center_id), false)) OVER copies AS at_center,
        bool_or(coalesce(len(p.children), 0) > 0) OVER copies
            AND (NOT f.strongest OR bool_or(list_contains(p.children, f.child_id)) OVER (
            PARTITION BY f.subject, f.kind, f.source, f.record_id, f.strongest)) AS at_child
    FROM (SELECT seq, topic, "partition", "offset", appended_at, md5(value) AS digest FROM log) AS g
    LEFT JOIN refused AS r USING (seq)
    LEFT JOIN (SELECT seq, kind FROM accepted) AS a USING (seq)
    LEFT JOIN placed AS f USING (seq)
    LEFT JOIN passages AS p USING (topic, "partition", "offset")
    LEFT JOIN refusals AS n USING (topic, "partition", "offset")
    WINDOW copies AS (PARTITION BY f.subject, f.kind, f.source, f.record_id, g.digest)
),
named AS (
    SELECT *,
        concat_ws(' and ',
            CASE WHEN refused > 0 THEN 'refused' || CASE WHEN refused > 1 THEN ' twice' ELSE '' END END,
            CASE WHEN in_registry > 0 THEN 'in the registry' || CASE WHEN in_registry > 1 THEN ' twice' ELSE '' END END,
            CASE WHEN at_center AND in_centers <= 1 THEN 'at its centre' WHEN in_centers > 0 THEN 'at another centre' END,
            CASE WHEN at_child THEN 'at its child' WHEN in_children > 0 THEN 'at another child' END) AS fate,
        CASE
            WHEN is_refused THEN 'refused'
            WHEN is_report THEN ''
            WHEN is_late THEN concat_ws(' and ', 'refused', CASE WHEN center_id <> '' AND is_known THEN 'at its centre' END)
            WHEN is_fact THEN 'in the registry'
            WHEN NOT is_known THEN ''
            ELSE concat_ws(' and ', CASE WHEN center_id <> '' THEN 'at its centre' END,
                CASE WHEN certain OR (certain IS NOT NULL AND at_child) THEN 'at its child' END)
        END AS wanted
    FROM told
)
FROM named;

CREATE OR REPLACE TEMP VIEW expected AS
SELECT topic, "partition", "offset",
    CASE
        WHEN is_late AND fate = wanted || ' and at its child' THEN fate
        WHEN is_late AND fate = 'refused' AND subject IN (FROM crowded) THEN fate
        ELSE wanted
    END AS fate,
    CASE WHEN content IS NOT NULL THEN digest END AS content,
    CASE WHEN passed_at IS NOT NULL THEN appended_at END AS appended_at
FROM fates;

CREATE OR REPLACE TEMP VIEW found AS
SELECT topic, "partition", "offset", fate, content, passed_at AS appended_at FROM fates
UNION ALL
SELECT topic, "partition", "offset", 'in the store only', content, appended_at
FROM passages ANTI JOIN log USING (topic, "partition", "offset")
UNION ALL
SELECT topic, "partition", "offset", 'in the store only', NULL, NULL
FROM refusals ANTI JOIN log USING (topic, "partition", "offset");

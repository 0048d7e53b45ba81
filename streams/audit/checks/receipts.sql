-- What every source is told of its events: refused, waiting, or how its record stands. Each event once, however often it
-- was sent; not those of a subject about which it depends on the order whether they wait one by one or together.
-- key: source, subject, kind, record_id, event_id, revision, is_retraction, topic, partition, offset, state

-- Of publications of one record under one subject the highest revision is told as the strongest, a retraction before others.
CREATE OR REPLACE TEMP TABLE told AS
SELECT p.*, c.child_id, l.child_id IS NOT NULL AS is_lived, rank() OVER (
    PARTITION BY p.subject, p.kind, p.source, p.record_id ORDER BY p.revision DESC, p.retraction DESC) = 1 AS is_strongest
FROM publications AS p
LEFT JOIN subjects AS c USING (subject)
LEFT JOIN lives AS l USING (child_id)
WHERE p.is_known AND p.seq NOT IN (SELECT seq FROM late);

-- Of several that say the same the timeline shows one: which, the check of the timeline compares.
CREATE OR REPLACE TEMP TABLE standing_now AS
SELECT w.child_id, w.kind, w.source, w.record_id, w.subject, w.revision, coalesce(f.event_id, w.event_id) AS event_id,
    w.retraction
FROM winners AS w LEFT JOIN store.timeline AS f USING (child_id, kind, source, record_id);

CREATE OR REPLACE TEMP VIEW expected AS
SELECT DISTINCT t.source, t.subject, t.kind, t.record_id, t.event_id, t.revision, t.retraction AS is_retraction,
    '' AS topic, 0 AS "partition", 0 AS "offset",
    CASE
        WHEN NOT t.is_strongest THEN CASE WHEN x.retracted THEN 'retracted' ELSE 'superseded' END
        WHEN t.retraction AND NOT s.retraction AND s.revision = t.revision AND s.subject = t.subject THEN 'superseded'
        WHEN t.retraction THEN 'accepted'
        WHEN t.scheme <> 'child' THEN 'accepted'
        WHEN NOT s.retraction AND s.revision = t.revision AND s.subject = t.subject THEN
            CASE WHEN s.event_id = t.event_id THEN 'accepted' ELSE 'superseded' END
        WHEN t.center_id <> '' THEN 'accepted'
        ELSE 'superseded' END AS state,
    '' AS code, '' AS waits_for, 1 AS records
FROM told AS t
LEFT JOIN (
    SELECT subject, kind, source, record_id, bool_or(retraction) AS retracted FROM told WHERE is_strongest GROUP BY ALL
) AS x USING (subject, kind, source, record_id)
LEFT JOIN standing_now AS s USING (child_id, kind, source, record_id)
WHERE t.scheme <> 'child' OR t.center_id <> '' OR t.is_lived
UNION ALL
SELECT r.source, r.subject, '', '', '', 0, false, l.topic, l."partition", l."offset", 'rejected', j.code, '', 1
FROM (SELECT seq, code FROM refused UNION ALL SELECT seq, code FROM late) AS j JOIN log AS l USING (seq)
LEFT JOIN store.rejections AS r USING (topic, "partition", "offset")
UNION ALL
SELECT source, subject, '', '', '', 0, false, '', 0, 0, 'parked', '',
    CASE WHEN source IN (FROM known_sources) OR starts_with(source, 'registry:') THEN 'child' ELSE 'source' END, records
FROM store.unlinked_subjects;

CREATE OR REPLACE TEMP VIEW found AS
SELECT DISTINCT r.source, r.subject, CASE WHEN r.state = 'rejected' THEN '' ELSE r.kind END AS kind,
    CASE WHEN r.state = 'rejected' THEN '' ELSE r.record_id END AS record_id,
    CASE WHEN r.state = 'rejected' THEN '' ELSE r.event_id END AS event_id, r.revision,
    CASE WHEN r.state = 'rejected' THEN false ELSE r.is_retraction END AS is_retraction,
    CASE WHEN r.state = 'rejected' THEN r.topic ELSE '' END AS topic,
    CASE WHEN r.state = 'rejected' THEN r."partition" ELSE 0 END AS "partition",
    CASE WHEN r.state = 'rejected' THEN r."offset" ELSE 0 END AS "offset", r.state, r.code,
    CASE WHEN r.state = 'parked' THEN r.waits_for ELSE '' END AS waits_for, r.records
FROM store.receipts AS r
WHERE r.state = 'rejected' OR (r.state = 'parked' AND r.event_id = '')
    OR EXISTS (FROM told AS t WHERE t.source = r.source AND t.subject = r.subject AND t.kind = r.kind
        AND t.record_id = r.record_id AND (t.scheme <> 'child' OR t.center_id <> '' OR t.is_lived));

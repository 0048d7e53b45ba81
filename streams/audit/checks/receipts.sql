-- What every source is told of its events: refused, waiting, or how its record stands. Each event once, however often it
-- was sent.
-- key: source, subject, kind, record_id, event_id, revision, is_retraction, topic, partition, offset, state

-- Of publications of one record under one subject the highest revision is told as the strongest, a retraction before others.
CREATE OR REPLACE TEMP TABLE told AS
SELECT p.*, c.child_id, l.child_id IS NOT NULL AS is_lived, rank() OVER (
    PARTITION BY p.subject, p.kind, p.source, p.record_id ORDER BY p.revision DESC, p.retraction DESC) = 1 AS is_strongest
FROM publications AS p
LEFT JOIN subjects AS c USING (subject)
LEFT JOIN lives AS l USING (child_id)
WHERE p.seq NOT IN (SELECT seq FROM late);

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
        WHEN NOT t.is_known THEN 'parked'
        WHEN t.retraction AND NOT s.retraction AND s.revision = t.revision AND s.subject = t.subject THEN 'superseded'
        WHEN t.retraction THEN 'accepted'
        WHEN t.scheme <> 'child' THEN 'accepted'
        WHEN NOT t.is_lived THEN CASE WHEN t.center_id <> '' THEN 'accepted' ELSE 'parked' END
        WHEN NOT s.retraction AND s.revision = t.revision AND s.subject = t.subject THEN
            CASE WHEN s.event_id = t.event_id THEN 'accepted' ELSE 'superseded' END
        WHEN t.center_id <> '' THEN 'accepted'
        ELSE 'superseded' END AS state,
    '' AS code, CASE WHEN state <> 'parked' THEN '' WHEN t.is_known THEN 'child' ELSE 'source' END AS waits_for
FROM told AS t
LEFT JOIN (
    SELECT subject, kind, source, record_id, bool_or(retraction) AS retracted FROM told WHERE is_strongest GROUP BY ALL
) AS x USING (subject, kind, source, record_id)
LEFT JOIN standing_now AS s USING (child_id, kind, source, record_id)
UNION ALL
SELECT r.source, r.subject, '', '', '', 0, false, l.topic, l."partition", l."offset", 'rejected', j.code, ''
FROM (SELECT seq, code FROM refused UNION ALL SELECT seq, code FROM late) AS j JOIN log AS l USING (seq)
LEFT JOIN store.rejections AS r USING (topic, "partition", "offset");

CREATE OR REPLACE TEMP VIEW found AS
SELECT DISTINCT r.source, r.subject, CASE WHEN r.state = 'rejected' THEN '' ELSE r.kind END AS kind,
    CASE WHEN r.state = 'rejected' THEN '' ELSE r.record_id END AS record_id,
    CASE WHEN r.state = 'rejected' THEN '' ELSE r.event_id END AS event_id, r.revision,
    CASE WHEN r.state = 'rejected' THEN false ELSE r.is_retraction END AS is_retraction,
    CASE WHEN r.state = 'rejected' THEN r.topic ELSE '' END AS topic,
    CASE WHEN r.state = 'rejected' THEN r."partition" ELSE 0 END AS "partition",
    CASE WHEN r.state = 'rejected' THEN r."offset" ELSE 0 END AS "offset", r.state, r.code,
    CASE WHEN r.state = 'parked' THEN r.waits_for ELSE '' END AS waits_for
FROM store.receipts AS r;

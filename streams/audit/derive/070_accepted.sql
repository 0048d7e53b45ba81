-- What was accepted, and of whom: sources, winners of facts, links, and the child each subject belongs to.

-- Refused later on the path, for what had come before: the store tells which; checks/late_rejections asks whether it may.
CREATE TABLE late AS
SELECT l.seq, r.code FROM store.rejections AS r JOIN log AS l USING (topic, "partition", "offset")
WHERE r.code IN ('parking-overflow', 'too-many-records') AND l.seq NOT IN (SELECT seq FROM refused);

CREATE TABLE accepted AS
SELECT e.seq, e.topic, e."partition", e."offset", e.appended_at, e.source, e.side, e.own_id, e.named AS kind, e.scheme,
    e.kind = 'record.retracted' AS retraction, e.time, instant(e.time) AS happened, local_day(instant(e.time)) AS day,
    e.subject, coalesce(e.recordid, e.event_id) AS record_id, coalesce(e.revision, 1)::BIGINT AS revision,
    instant(coalesce(e.recordedtime, e.time)) AS recorded_at, e.event_id, e.data,
    concat_ws('/', e.topic, e."partition", e."offset") AS origin,
    CASE WHEN e.named_side = 'center' THEN coalesce(e.data ->> '$.center_id', e.own_id) ELSE '' END AS center_id
FROM events AS e
WHERE e.seq NOT IN (SELECT seq FROM refused);

CREATE TABLE known_sources AS
SELECT DISTINCT substr(subject, 8) AS source FROM accepted WHERE kind = 'source.registered';

-- At equal revision the greater digest wins. It is computed only where contents compete.
CREATE TABLE publications AS
WITH of_records AS (SELECT * FROM accepted WHERE kind <> 'reporting.completed'),
contested AS (
    SELECT source, kind, record_id, revision FROM of_records
    GROUP BY ALL HAVING count(DISTINCT (subject, time, data, retraction)) > 1
)
SELECT p.*, CASE WHEN c.source IS NULL THEN '' ELSE digest(p.time, p.subject, p.data) END AS digest,
    p.source IN (SELECT source FROM known_sources) OR p.side = 'registry' AS is_known
FROM of_records AS p
LEFT JOIN contested AS c USING (source, kind, record_id, revision);

-- What is refused for parking-overflow counts in its centre all the same, once its source is registered; of a subject with
-- more than the 10,000 + 2,000 publications that may wait until then it may be lost.
CREATE TABLE crowded AS SELECT subject FROM publications WHERE scheme = 'child' GROUP BY subject HAVING count(*) > 12000;

-- Facts: of several standing records of one entity and kind the greatest (time, source, record_id) holds.
CREATE TABLE facts AS
SELECT * FROM (
    SELECT * FROM publications WHERE scheme <> 'child'
    QUALIFY row_number() OVER (
        PARTITION BY subject, kind, source, record_id ORDER BY revision DESC, digest DESC, retraction DESC, seq) = 1
) WHERE NOT retraction;

CREATE TABLE entities AS
SELECT kind, subject, substr(subject, position(':' IN subject) + 1) AS entity, happened, data FROM facts
QUALIFY row_number() OVER (PARTITION BY subject, kind ORDER BY happened DESC, source DESC, record_id DESC) = 1;

-- The links that stand, each within its alias: whose child that is, is not known before they are resolved.
CREATE TABLE standing_links AS
SELECT subject, data ->> '$.same_as' AS same_as, happened, source, record_id FROM (
    SELECT * FROM publications WHERE kind = 'identity.linked' AND is_known AND seq NOT IN (SELECT seq FROM late)
    QUALIFY row_number() OVER (
        PARTITION BY subject, source, record_id ORDER BY revision DESC, digest DESC, retraction DESC, seq) = 1
) WHERE NOT retraction;

-- Of an alias the greatest holds; one to itself never does.
CREATE TABLE links AS
FROM standing_links WHERE same_as <> subject
QUALIFY row_number() OVER (PARTITION BY subject ORDER BY happened DESC, source DESC, record_id DESC) = 1;

-- Whom an alias comes to, link by link, and in how many steps; itself, where the links go round. Farther nobody looks.
CREATE TABLE reached AS
WITH RECURSIVE way AS (
    SELECT subject, same_as AS reached, 1 AS steps FROM links
    UNION ALL
    SELECT w.subject, l.same_as, w.steps + 1 FROM way AS w JOIN links AS l ON l.subject = w.reached WHERE w.steps < 32
)
SELECT subject, reached, min(steps) AS steps FROM way GROUP BY ALL;

CREATE TABLE cycles AS SELECT subject FROM reached WHERE subject = reached;

-- The link of a cycle that does not count is the least: its alias is the root of all.
CREATE TABLE cycle_roots AS
SELECT r.subject, arg_min(l.subject, (l.happened, l.source, l.record_id, l.subject)) AS root
FROM reached AS r JOIN cycles USING (subject) JOIN links AS l ON l.subject = r.reached
GROUP BY r.subject;

-- Where the way ends, of at most 32 subjects: who comes no farther stays a child of its own.
CREATE TABLE roots AS
SELECT r.subject, r.reached AS root
FROM reached AS r LEFT JOIN links AS l ON l.subject = r.reached LEFT JOIN cycle_roots AS c ON c.subject = r.reached
WHERE r.steps < 32 AND (l.subject IS NULL OR c.root = r.reached);

CREATE MACRO child_of(subject) AS substr(sha256(subject), 1, 32);

CREATE TABLE subjects AS
SELECT subject, child_of(coalesce(root, subject)) AS child_id
FROM (SELECT DISTINCT subject FROM publications WHERE scheme = 'child') AS s
LEFT JOIN roots USING (subject);

CREATE TABLE of_children AS
SELECT p.*, s.child_id FROM publications AS p JOIN subjects AS s USING (subject)
WHERE p.scheme = 'child' AND p.seq NOT IN (SELECT seq FROM late);

-- The strongest publications of every record of every child, retracted or not: several where they say the same.
CREATE TABLE strongest AS
SELECT * FROM of_children WHERE is_known
QUALIFY rank() OVER (
    PARTITION BY child_id, kind, source, record_id ORDER BY revision DESC, digest DESC, retraction DESC) = 1;

CREATE TABLE winners AS
FROM strongest QUALIFY row_number() OVER (PARTITION BY child_id, kind, source, record_id ORDER BY seq) = 1;

-- Two contents at the revision that holds, whichever of the child's subjects they came under.
CREATE TABLE conflicts AS
SELECT w.child_id, w.kind, w.source, w.record_id
FROM winners AS w JOIN of_children AS p USING (child_id, kind, source, record_id, revision)
WHERE p.is_known
GROUP BY ALL HAVING count(DISTINCT (p.digest, p.retraction)) > 1;

CREATE TABLE moment AS SELECT max(tick) AS now, local_day(instant(max(tick))) AS today FROM ticks;

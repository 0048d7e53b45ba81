-- Every reason to refuse an event, by the contract's codes. Not parking-overflow and too-many-records, which depend on
-- what came before.

CREATE TABLE problems (seq BIGINT, code VARCHAR);

INSERT INTO problems SELECT seq, 'too-large' FROM bodies WHERE size > 65536;

INSERT INTO problems SELECT seq, 'not-json' FROM bodies WHERE size <= 65536 AND body IS NULL;

INSERT INTO problems
SELECT seq, 'not-cloudevents' FROM bodies WHERE body IS NOT NULL AND json_type(body) <> 'OBJECT'
UNION ALL
SELECT seq, 'not-cloudevents' FROM events
WHERE specversion IS DISTINCT FROM '1.0'
    OR event_id IS NULL OR length(event_id) NOT BETWEEN 1 AND 64
    OR side IS NULL
    OR type IS NULL OR NOT regexp_full_match(type, '[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.v[0-9]+');

-- Identifiers may stand in texts, in names, and as numbers. Only bodies with eleven digits in a row, a number with an
-- exponent, an escape or a digit that is not ASCII can hold one.
INSERT INTO problems
WITH suspects AS (
    SELECT seq, body FROM bodies
    WHERE body IS NOT NULL AND json_type(body) = 'OBJECT'
        AND regexp_matches(body, '\d{11}|\\u|[^\P{N}0-9]|[:\[,\s][0-9.]+[eE]')
),
told AS (
    SELECT s.seq, j.path <> '$' AND starts_with(j.fullkey, '$.data') AS below, j.fullkey = '$.data' AS is_data,
        unnest([j.key, CASE
            WHEN j.type = 'VARCHAR' THEN j.value ->> '$'
            WHEN j.type IN ('BIGINT', 'UBIGINT') THEN j.value::VARCHAR
            WHEN j.type = 'DOUBLE' AND j.value::DOUBLE = floor(j.value::DOUBLE)
                THEN try_cast(j.value::DOUBLE AS HUGEINT)::VARCHAR END]) AS text
    FROM suspects AS s, json_tree(s.body) AS j
    UNION ALL
    SELECT seq, false, false, unnest(regexp_extract_all(body, '[0-9A-Za-z]+')) FROM suspects
),
parts AS (SELECT seq, below OR is_data AS in_data, unnest(tokens(text)) AS part FROM told WHERE text IS NOT NULL)
SELECT DISTINCT seq, 'raw-identifier' FROM parts
WHERE is_identity_number(part) OR (in_data AND is_mobile_number(part));

INSERT INTO problems
SELECT seq, 'unknown-type' FROM events
WHERE kind IS NULL AND regexp_full_match(type, '[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.v[0-9]+');

INSERT INTO problems
SELECT seq, 'wrong-side' FROM events
WHERE side IN ('clinic', 'center') AND named_side IS NOT NULL AND named_side <> side;

INSERT INTO problems
SELECT seq, 'wrong-topic' FROM events
WHERE side IS NOT NULL AND kind IS NOT NULL AND (kind <> 'record.retracted' OR retracted_side IS NOT NULL)
    AND topic <> coalesce(named_side, side) || '-events';

INSERT INTO problems
SELECT seq, 'key-mismatch' FROM events
WHERE subject IS NOT NULL AND key IS NOT NULL AND key <> encode(subject);

INSERT INTO problems
SELECT e.seq, 'not-your-own' FROM events AS e
JOIN nodes AS n ON n.seq = e.seq AND n.path IN ('clinic_id', 'center_id') AND n.parent = '$'
JOIN fields AS f ON f.kind = e.kind AND f.path = n.path
WHERE e.side IN ('clinic', 'center') AND e.named <> 'child.registered'
    AND n.type <> 'NULL' AND (n.type <> 'VARCHAR' OR n.value <> e.own_id);

-- An unknown name where an object stands that is one.
INSERT INTO problems
SELECT DISTINCT n.seq, 'unknown-field' FROM nodes AS n
LEFT JOIN nodes AS p ON p.seq = n.seq AND p.place = n.parent
WHERE NOT n.is_root AND n.form IS NULL AND p.type = 'OBJECT' AND (p.is_root OR p.form = 'object');

INSERT INTO problems
SELECT DISTINCT seq, 'missing-field' FROM (
    SELECT seq FROM events
    WHERE data_type IS NULL OR subject_type IS NULL OR time_type IS NULL
    UNION ALL
    SELECT o.seq FROM nodes AS o
    JOIN fields AS f ON f.kind = o.kind AND f.required AND NOT ends_with(f.path, '[]')
        AND f.path = CASE WHEN o.is_root THEN '' ELSE o.path || '.' END || list_last(string_split(f.path, '.'))
    LEFT JOIN nodes AS c ON c.seq = o.seq AND c.parent = o.place AND c.path = f.path
    WHERE o.type = 'OBJECT' AND (o.is_root OR o.form = 'object') AND c.seq IS NULL
    UNION ALL
    SELECT seq FROM events
    WHERE retracted_side = 'center' AND side = 'registry' AND data IS NOT NULL
        AND coalesce(json_type(data, '$.center_id'), 'NULL') = 'NULL'
);

CREATE MACRO fits(scheme, subject) AS coalesce(CASE scheme
    WHEN 'child' THEN regexp_full_match(subject, '(cn-id|birth-cert|local):[0-9a-f]{32}')
    WHEN 'source' THEN regexp_full_match(subject, 'source:(clinic|center|registry):[a-z0-9][a-z0-9-]{0,62}')
    WHEN 'center' THEN regexp_full_match(subject, 'center:[a-z0-9][a-z0-9-]{0,62}')
    WHEN 'clinic' THEN regexp_full_match(subject, 'clinic:[a-z0-9][a-z0-9-]{0,62}')
    WHEN 'staff' THEN regexp_full_match(subject, 'staff:[0-9a-f]{32}')
    WHEN 'contract' THEN regexp_full_match(subject, 'contract:[A-Za-z0-9._-]{1,64}')
    WHEN 'calendar' THEN regexp_full_match(subject, 'calendar:[0-9]{4}')
    WHEN 'region' THEN regexp_full_match(subject, 'region:[A-Za-z0-9._-]{1,64}')
    ELSE subject IS NOT NULL END, false);

INSERT INTO problems
SELECT seq, 'time-in-future' FROM events
WHERE is_any_time(time) AND instant(time) > (appended_at + 24 * 3600 * 1000) * 1000;

-- Attributes first, which an event of an unknown kind has as well. A time is out of range or in the future, never both.
INSERT INTO problems
SELECT DISTINCT seq, 'bad-value' FROM (
    SELECT seq FROM events
    WHERE (subject_type IS NOT NULL AND subject IS NULL)
        OR (time_type IS NOT NULL AND NOT coalesce(is_time(time), false)
            AND seq NOT IN (SELECT seq FROM problems WHERE code = 'time-in-future'))
        OR (recordedtime_type IS NOT NULL AND NOT coalesce(is_time(recordedtime), false))
        OR (recordid_type IS NOT NULL AND NOT coalesce(length(recordid) BETWEEN 1 AND 64, false))
        OR (revision_type IS NOT NULL AND NOT coalesce(revision BETWEEN 1 AND 2147483647, false))
    UNION ALL
    SELECT seq FROM misfits
    UNION ALL
    SELECT seq FROM events
    WHERE kind IS NOT NULL AND (
        data_type <> 'OBJECT'
        OR (subject_type IS NOT NULL AND NOT fits(scheme, subject))
        OR (kind = 'reporting.completed' AND subject <> 'source:' || source)
        OR (kind = 'record.retracted' AND named_kind IS NOT NULL
            AND (retracted_side IS NULL OR retracted = 'source.registered'))
        OR (kind = 'source.registered' AND (data ->> '$.side') IN ('clinic', 'center', 'registry')
            AND len(string_split(subject, ':')) = 3 AND split_part(subject, ':', 2) <> (data ->> '$.side')))
    UNION ALL
    SELECT seq FROM events
    WHERE kind = 'attendance.recorded' AND (data ->> '$.status') = 'present' AND (data ->> '$.absence_reason') IS NOT NULL
);

-- Refused: by the first code that applies, with all of them.
CREATE TABLE refused AS
SELECT p.seq, arg_min(p.code, c.rank) AS code, list_sort(list(DISTINCT p.code)) AS codes
FROM problems AS p JOIN codes AS c USING (code)
GROUP BY p.seq;

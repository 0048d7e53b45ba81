-- Bytes to JSON: NULL where they are none. What SQL's parser is lenient about (NaN, a comma too many, a name twice in an
-- object, deep nesting) is asked of a strict one, where any of it may be.

CREATE TABLE bodies AS
WITH texts AS (
    SELECT seq, coalesce(octet_length(value), 0) AS size,
        CASE WHEN octet_length(value) <= 65536 THEN try(decode(value)) END AS text
    FROM log
),
parsed AS (SELECT seq, size, text, coalesce(json_valid(text), false) AS parses FROM texts),
names AS (
    SELECT *, CASE WHEN parses AND json_type(text) = 'OBJECT' THEN json_keys(text) ELSE [] END AS top,
        CASE WHEN parses AND json_type(text, '$.data') = 'OBJECT' THEN json_keys(text, '$.data') ELSE [] END AS below
    FROM parsed
),
judged AS (
    SELECT *, parses AND (
        regexp_matches(text, '(?i)(^|[:\[,])\s*-?(nan|inf)')
        OR regexp_matches(text, ',\s*[\]}]')
        OR regexp_matches(text, '(^|[:\[,\s-])[0-9.]+[eE]\+?[0-9]{3}')
        OR regexp_matches(text, '[0-9]{300}')
        OR length(text) - length(replace(text, '{', '')) > 2
        OR length(text) - length(replace(text, '[', '')) > 29
        OR len(top) <> len(list_distinct(top)) OR len(below) <> len(list_distinct(below))) AS doubtful
    FROM names
)
SELECT seq, size, CASE WHEN NOT parses OR (doubtful AND NOT is_strict_json(text)) THEN NULL ELSE text END AS body
FROM judged;

-- An attribute that is null is not set.
CREATE TABLE attributes AS
WITH objects AS (SELECT seq, body FROM bodies WHERE body IS NOT NULL AND json_type(body) = 'OBJECT'),
taken AS (
    SELECT seq, body,
        json_extract_string(body, ['$.specversion', '$.id', '$.source', '$.type', '$.time', '$.subject', '$.recordid',
            '$.revision', '$.recordedtime', '$.data.kind']) AS v,
        json_type(body, ['$.specversion', '$.id', '$.source', '$.type', '$.time', '$.subject', '$.recordid',
            '$.revision', '$.recordedtime', '$.data.kind', '$.data']) AS t
    FROM objects
)
SELECT seq,
    CASE WHEN t[1] = 'VARCHAR' THEN v[1] END AS specversion,
    CASE WHEN t[2] = 'VARCHAR' THEN v[2] END AS event_id,
    CASE WHEN t[3] = 'VARCHAR' THEN v[3] END AS source,
    CASE WHEN t[4] = 'VARCHAR' THEN v[4] END AS type,
    CASE WHEN t[5] = 'VARCHAR' THEN v[5] END AS time,
    nullif(t[5], 'NULL') AS time_type,
    CASE WHEN t[6] = 'VARCHAR' THEN v[6] END AS subject,
    nullif(t[6], 'NULL') AS subject_type,
    CASE WHEN t[7] = 'VARCHAR' THEN v[7] END AS recordid,
    nullif(t[7], 'NULL') AS recordid_type,
    CASE WHEN t[8] IN ('BIGINT', 'UBIGINT') THEN v[8]::HUGEINT END AS revision,
    nullif(t[8], 'NULL') AS revision_type,
    CASE WHEN t[9] = 'VARCHAR' THEN v[9] END AS recordedtime,
    nullif(t[9], 'NULL') AS recordedtime_type,
    CASE WHEN t[11] = 'OBJECT' AND t[10] = 'VARCHAR' THEN v[10] END AS named_kind,
    t[11] AS data_type,
    CASE WHEN t[11] = 'OBJECT' THEN json_extract(body, '$.data')::VARCHAR END AS data,
    CASE WHEN regexp_full_match(CASE WHEN t[3] = 'VARCHAR' THEN v[3] END,
        '(clinic|center|registry):[a-z0-9][a-z0-9-]{0,62}') THEN split_part(v[3], ':', 1) END AS side
FROM taken;

-- named: the kind of the record, for a retraction the kind that it names (itself where that is unknown).
CREATE TABLE events AS
SELECT a.*, split_part(a.source, ':', 2) AS own_id, l.topic, l."partition", l."offset", l.appended_at, l.key,
    k.kind, r.kind AS retracted, r.side AS retracted_side, coalesce(r.kind, k.kind) AS named,
    coalesce(r.side, k.side) AS named_side, coalesce(r.scheme, k.scheme) AS scheme
FROM attributes AS a
JOIN log AS l USING (seq)
LEFT JOIN kinds AS k ON a.type = k.kind || '.v1'
LEFT JOIN kinds AS r ON k.kind = 'record.retracted' AND a.named_kind = r.kind;

-- Every value inside data, one a row, beside the field it should be.

CREATE TABLE nodes AS
WITH found AS (
    SELECT e.seq, e.kind, j.fullkey AS place, j.path AS parent, j.type, j.value,
        regexp_replace(substr(j.fullkey, 3), '\[\d+\]', '[]', 'g') AS path,
        regexp_replace(substr(j.path, 3), '\[\d+\]', '[]', 'g') AS parent_path, j.key IS NULL AS is_root
    FROM events AS e, json_tree(e.data) AS j
    WHERE e.kind IS NOT NULL AND e.data IS NOT NULL
)
SELECT n.seq, n.kind, n.place, n.parent, n.path, n.parent_path, n.type, n.is_root,
    CASE WHEN n.type = 'VARCHAR' THEN n.value ->> '$' ELSE n.value::VARCHAR END AS value,
    CASE WHEN n.type = 'ARRAY' THEN json_array_length(n.value) END AS elements,
    f.form, f.required, f.low, f.high, f.words
FROM found AS n
LEFT JOIN fields AS f ON f.kind = n.kind AND f.path = n.path;

-- A value does not fit its field; null stands for a field that was left out, where it may be.
CREATE TABLE misfits AS
SELECT DISTINCT seq FROM nodes
WHERE form IS NOT NULL AND NOT (type = 'NULL' AND NOT required AND NOT ends_with(path, '[]')) AND NOT coalesce(CASE form
    WHEN 'object' THEN type = 'OBJECT'
    WHEN 'list' THEN type = 'ARRAY' AND elements <= coalesce(high, elements)
    WHEN 'flag' THEN type = 'BOOLEAN'
    WHEN 'integer' THEN type IN ('BIGINT', 'UBIGINT') AND try_cast(value AS DOUBLE) BETWEEN low AND high
    WHEN 'number' THEN type IN ('BIGINT', 'UBIGINT', 'DOUBLE') AND try_cast(value AS DOUBLE) BETWEEN low AND high
    WHEN 'word' THEN type = 'VARCHAR' AND list_contains(words, value)
    WHEN 'text' THEN type = 'VARCHAR' AND length(value) BETWEEN low AND high
    WHEN 'day' THEN type = 'VARCHAR' AND is_day(value)
    WHEN 'time' THEN type = 'VARCHAR' AND is_time(value)
    WHEN 'facility' THEN type = 'VARCHAR' AND regexp_full_match(value, '[a-z0-9][a-z0-9-]{0,62}')
    WHEN 'id' THEN type = 'VARCHAR' AND regexp_full_match(value, '[A-Za-z0-9._-]{1,64}')
    WHEN 'child' THEN type = 'VARCHAR' AND regexp_full_match(value, '(cn-id|birth-cert|local):[0-9a-f]{32}')
    WHEN 'vaccine' THEN type = 'VARCHAR' AND length(value) <= 70 AND (
        value IN ('BCG', 'DTaP', 'HepA-I', 'HepA-L', 'HepB', 'IPV', 'JE-I', 'JE-L', 'MMR', 'MPSV-A', 'MPSV-AC', 'bOPV')
        OR (starts_with(value, 'other:') AND length(value) > 6))
    WHEN 'value' THEN type = 'BOOLEAN' OR (type = 'VARCHAR' AND length(value) <= 1000)
        OR (type IN ('BIGINT', 'UBIGINT', 'DOUBLE') AND abs(try_cast(value AS DOUBLE)) <= 1e12)
    END, false);

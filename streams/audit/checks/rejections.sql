-- Every refused event by the first code that applies, with every other, and whose it was; none that had to be accepted.
-- key: topic, partition, offset

-- What was read of an event that can be read: identifiers in it are asterisks, and long texts are cut.
CREATE OR REPLACE TEMP MACRO shows(held, said) AS length(held) = length(said[1:200])
    AND coalesce(list_bool_and([held[i] IN ('*', said[i]) FOR i IN range(1, length(held) + 1)]), true);

CREATE OR REPLACE TEMP TABLE reasons AS
SELECT *, json_extract_string(detail, '$[*].code') AS each, json_extract_string(detail, '$[*].path') AS places
FROM store.rejections;

-- Where not even the source can be read, what else is wrong depends on what one takes the event for; of more than 200
-- problems the last are only counted.
CREATE OR REPLACE TEMP VIEW expected AS
WITH judged AS (SELECT seq, code, codes FROM refused UNION ALL SELECT seq, code, [code] FROM late)
SELECT l.topic, l."partition", l."offset", j.code,
    CASE WHEN (j.code = 'not-cloudevents' OR len(f.each) > 200) AND f.each[1] = j.code
        THEN list_sort(list_distinct(f.each)) ELSE j.codes END AS codes,
    coalesce(f.places[list_position(f.each, j.code)], '') AS path,
    CASE WHEN a.seq IS NULL OR shows(f.source, coalesce(a.source, '')) THEN f.source ELSE a.source END AS source,
    CASE WHEN a.seq IS NULL OR shows(f.type, coalesce(a.type, '')) THEN f.type ELSE a.type END AS type,
    CASE WHEN a.seq IS NULL OR shows(f.subject, coalesce(a.subject, '')) THEN f.subject ELSE a.subject END AS subject,
    l.appended_at AS received_at, sha256(coalesce(l.value, ''::BLOB)) AS sha256, coalesce(octet_length(l.value), 0) AS size
FROM judged AS j JOIN log AS l USING (seq) LEFT JOIN attributes AS a USING (seq)
LEFT JOIN reasons AS f USING (topic, "partition", "offset");

CREATE OR REPLACE TEMP VIEW found AS
SELECT topic, "partition", "offset", code, list_sort(list_distinct(each)) AS codes, path, source, type, subject, received_at,
    sha256, size
FROM reasons;

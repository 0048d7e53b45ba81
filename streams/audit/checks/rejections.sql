-- Every refused event by the first code that applies, and none that had to be accepted.
-- key: topic, partition, offset

CREATE OR REPLACE TEMP VIEW expected AS
WITH judged AS (SELECT seq, code FROM refused UNION ALL SELECT seq, code FROM late)
SELECT l.topic, l."partition", l."offset", j.code, l.appended_at AS received_at, sha256(coalesce(l.value, ''::BLOB)) AS sha256,
    coalesce(octet_length(l.value), 0) AS size
FROM judged AS j JOIN log AS l USING (seq);

CREATE OR REPLACE TEMP VIEW found AS SELECT topic, "partition", "offset", code, received_at, sha256, size FROM store.rejections;

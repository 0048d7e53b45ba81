-- Only a subject with more than 2,000 parked records, or a child with more than 20,000, may have one refused for it.
-- key: topic, partition, offset

CREATE OR REPLACE TEMP VIEW found AS
SELECT l.topic, l."partition", l."offset", late.code FROM late JOIN log AS l USING (seq);

CREATE OR REPLACE TEMP VIEW expected AS
WITH records AS (
    SELECT s.child_id, p.subject, count(DISTINCT (p.kind, p.source, p.record_id)) AS of_subject
    FROM publications AS p JOIN subjects AS s USING (subject) GROUP BY ALL
),
children AS (SELECT child_id, sum(of_subject) AS of_child FROM records GROUP BY child_id)
SELECT l.topic, l."partition", l."offset", late.code
FROM late JOIN log AS l USING (seq) JOIN publications AS p USING (seq) JOIN records AS r USING (subject)
JOIN children AS c USING (child_id)
WHERE CASE late.code WHEN 'parking-overflow' THEN r.of_subject > 2000 ELSE c.of_child > 20000 END;

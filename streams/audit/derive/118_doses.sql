-- The doses that each child is to get by the printed schedule, and what became of each.

CREATE TABLE printed_doses AS
WITH told AS (SELECT unnest(doses) AS d FROM read_json(getvariable('reference') || '/vaccines.json')),
named AS (
    SELECT d.id AS dose, d.code AS vaccine, d.dose_no, d.min_age_months, d.complete_before_months,
        coalesce(split_part(d.option_group, ':', 1), '') AS choice, coalesce(split_part(d.option_group, ':', 2), '') AS option,
        CASE WHEN d.code IN ('IPV', 'bOPV') THEN 'polio' WHEN d.code IN ('MPSV-A', 'MPSV-AC') THEN 'MenA' ELSE d.code END
            AS series, coalesce(d.min_interval_prev, '0d') AS apart
    FROM told
)
SELECT *, CASE WHEN apart LIKE '%mo' THEN regexp_extract(apart, '^[0-9]+')::INTEGER ELSE 0 END AS months_apart,
    CASE WHEN apart LIKE '%d' THEN regexp_extract(apart, '^[0-9]+')::INTEGER ELSE 0 END AS days_apart
FROM named;

CREATE TABLE series_of AS SELECT DISTINCT vaccine, series, choice, option FROM printed_doses;

CREATE TABLE shots AS
SELECT s.child_id, s.day, s.happened, s.source, s.record_id, v.series, v.choice, v.option, (s.data ->> '$.dose_no')::BIGINT AS dose_no
FROM standing AS s JOIN series_of AS v ON v.vaccine = s.data ->> '$.vaccine', moment
WHERE s.kind = 'vaccination.recorded' AND coalesce(s.day <= today, true);

-- Of two vaccines against one disease a child gets that which it began with, else the live one.
CREATE TABLE chosen AS
SELECT l.child_id, c.choice, coalesce(b.option, CASE WHEN c.choice = '' THEN '' ELSE 'L' END) AS option
FROM lives AS l CROSS JOIN (SELECT DISTINCT choice FROM series_of) AS c
LEFT JOIN (
    FROM shots WHERE choice <> ''
    QUALIFY row_number() OVER (PARTITION BY child_id, choice ORDER BY happened, source, record_id) = 1
) AS b ON b.child_id = l.child_id AND b.choice = c.choice;

-- A dose counts as given with the first record of its number; else a later one implies it.
CREATE TABLE doses_done AS
SELECT l.child_id, l.born, l.registered_on, l.departed_on, l.ends_on, l.clinic_id, p.*,
    coalesce(min(h.day) FILTER (h.dose_no = p.dose_no), min(h.day)) AS done_on
FROM lives AS l
JOIN chosen AS c USING (child_id)
JOIN printed_doses AS p ON p.choice = c.choice AND p.option = c.option
LEFT JOIN shots AS h ON h.child_id = l.child_id AND h.series = p.series AND h.dose_no >= p.dose_no
GROUP BY ALL;

CREATE TABLE put_off AS
SELECT DISTINCT d.child_id, v.series, (d.data ->> '$.dose_no')::BIGINT AS dose_no
FROM standing AS d JOIN series_of AS v ON v.vaccine = d.data ->> '$.vaccine', moment
WHERE d.kind = 'vaccination.deferred' AND d.day <= today AND today <= CASE
    WHEN d.data ->> '$.until' IS NOT NULL THEN (d.data ->> '$.until')::DATE
    WHEN d.data ->> '$.reason' IN ('contraindication', 'refused') THEN today ELSE d.day + 30 END;

CREATE TABLE vaccination_status AS
WITH due AS (
    SELECT *, later(born, min_age_months) AS recommended_on,
        CASE WHEN dose_no = 1 THEN later(born, min_age_months)
            WHEN before IS NOT NULL THEN greatest(later(born, min_age_months), later(before, months_apart) + days_apart) END
            AS earliest_on
    FROM (SELECT *, lag(done_on) OVER (PARTITION BY child_id, series ORDER BY dose_no) AS before FROM doses_done)
),
late AS (
    SELECT *, CASE WHEN later(born, complete_before_months) > earliest_on THEN later(born, complete_before_months)
        ELSE later(earliest_on, 1) END AS late_on
    FROM due
),
dated AS (
    SELECT *, CASE WHEN earliest_on IS NULL THEN NULL WHEN registered_on > earliest_on THEN greatest(late_on, registered_on + 30)
        ELSE late_on END AS overdue_on
    FROM late
)
SELECT d.child_id, d.dose, d.vaccine, d.dose_no, d.clinic_id,
    CASE
        WHEN done_on IS NOT NULL THEN 'done'
        WHEN today IS NULL THEN 'upcoming'
        WHEN departed_on IS NOT NULL OR today >= ends_on OR (series = 'BCG' AND today >= later(born, 48)) THEN 'not-applicable'
        WHEN series = 'DTaP' AND born < DATE '2025-01-01' THEN 'unknown-transition'
        WHEN p.dose_no IS NOT NULL THEN 'deferred'
        WHEN overdue_on <= heard_on THEN 'overdue'
        WHEN earliest_on <= today THEN 'due'
        ELSE 'upcoming'
    END AS status, earliest_on, recommended_on, overdue_on, done_on
FROM dated AS d JOIN confirmed USING (child_id) LEFT JOIN put_off AS p USING (child_id, series, dose_no), moment;

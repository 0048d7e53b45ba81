-- The county's registry as it was told. What ended has not ended when it began anew at a later time.

CREATE MACRO of_kind(wanted) AS TABLE SELECT entity, happened, data FROM entities WHERE kind = wanted;

CREATE MACRO ended_on(started_at, ended_at, day) AS CASE WHEN NOT started_at > ended_at THEN day::DATE END;

CREATE MACRO days(list) AS list_transform(list::VARCHAR[], lambda d: d::DATE);

CREATE TABLE centers AS
SELECT f.entity AS center_id, f.data ->> '$.name' AS name, f.data ->> '$.kind' AS kind,
    f.data ->> '$.ownership' AS ownership, (f.data ->> '$.places')::BIGINT AS places,
    (f.data ->> '$.inclusive_places')::BIGINT AS inclusive_places, (f.data ->> '$.lat')::DOUBLE AS lat,
    (f.data ->> '$.lon')::DOUBLE AS lon, coalesce(f.data ->> '$.community', '') AS community, f.happened // 1000 AS filed_at,
    ended_on(f.happened, c.happened, c.data ->> '$.date') AS closed_on
FROM of_kind('center.filed') AS f LEFT JOIN of_kind('center.closed') AS c USING (entity);

CREATE TABLE clinics AS
SELECT entity AS clinic_id, data ->> '$.name' AS name, data ->> '$.kind' AS kind, (data ->> '$.lat')::DOUBLE AS lat,
    (data ->> '$.lon')::DOUBLE AS lon, happened // 1000 AS listed_at
FROM of_kind('clinic.listed');

CREATE TABLE contracts AS
SELECT s.entity AS contract_id, s.data ->> '$.center_id' AS center_id, s.data ->> '$.clinic_id' AS clinic_id,
    (s.data -> '$.services')::VARCHAR[] AS services, (s.data ->> '$.from_date')::DATE AS from_date,
    (s.data ->> '$.until')::DATE AS until, ended_on(s.happened, e.happened, e.data ->> '$.date') AS ended_on
FROM of_kind('contract.signed') AS s LEFT JOIN of_kind('contract.ended') AS e USING (entity);

CREATE TABLE staff AS
SELECT c.entity AS staff_id, c.data ->> '$.center_id' AS center_id, c.data ->> '$.role' AS role,
    c.data ->> '$.certificate' AS certificate, (c.data ->> '$.valid_until')::DATE AS valid_until,
    c.happened // 1000 AS certified_at, ended_on(c.happened, l.happened, l.data ->> '$.date') AS left_on
FROM of_kind('staff.certified') AS c LEFT JOIN of_kind('staff.left') AS l USING (entity);

CREATE TABLE trainings AS
SELECT split_part(subject, ':', 2) AS staff_id, source, record_id, data ->> '$.center_id' AS center_id,
    data ->> '$.course' AS course, (data ->> '$.hours')::DOUBLE AS hours, (data ->> '$.date')::DATE AS date
FROM facts WHERE kind = 'training.completed';

CREATE TABLE guidance_visits AS
SELECT split_part(subject, ':', 2) AS center_id, source, record_id, coalesce(data ->> '$.clinic_id', '') AS clinic_id,
    (data -> '$.topics')::VARCHAR[] AS topics, (data ->> '$.date')::DATE AS date,
    coalesce(data ->> '$.findings', '') AS findings
FROM facts WHERE kind = 'guidance.delivered';

CREATE TABLE calendars AS
SELECT entity::INTEGER AS year, days(data -> '$.days_off') AS days_off,
    days(data -> '$.extra_workdays') AS extra_workdays
FROM of_kind('calendar.published');

CREATE TABLE populations AS
SELECT entity AS region, (data ->> '$.residents')::BIGINT AS residents, (data ->> '$.births')::BIGINT AS births,
    (data ->> '$.under3')::BIGINT AS under3, (data ->> '$.as_of')::DATE AS as_of
FROM of_kind('population.reported');

-- A source was heard until the greatest time of its events and reports that the last tick stands behind; whatever came
-- after it may have been counted or not.
CREATE TABLE heard AS
WITH reach AS (
    SELECT topic, "partition", max(read_to) AS read_to FROM ticks GROUP BY ALL
),
told AS (
    SELECT a.source, greatest(a.recorded_at, CASE WHEN a.kind = 'reporting.completed'
            THEN instant(a.data ->> '$.through') END) // 1000 AS until, a."offset" < r.read_to AS by_tick
    FROM accepted AS a JOIN reach AS r USING (topic, "partition")
)
SELECT source, max(until) FILTER (by_tick) AS at_least, max(until) AS at_most FROM told GROUP BY source;

CREATE TABLE sources AS
SELECT coalesce(r.entity, h.source) AS source, split_part(coalesce(r.entity, h.source), ':', 1) AS side,
    coalesce(r.data ->> '$.cadence', CASE WHEN starts_with(h.source, 'registry:') THEN 'irregular' ELSE '' END) AS cadence,
    r.happened // 1000 AS registered_at, h.at_least, h.at_most, r.entity IS NOT NULL OR starts_with(h.source, 'registry:') AS known
FROM of_kind('source.registered') AS r
FULL JOIN heard AS h ON h.source = r.entity;

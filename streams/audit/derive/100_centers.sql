-- Centre days, counted by subject as sent; nobody waits for a registration.

-- A centre's records within the centre and the subject; refused for what came before or not.
CREATE TABLE of_centers AS
SELECT * FROM (
    SELECT * FROM publications AS p
    WHERE center_id <> '' AND is_known AND (subject NOT IN (FROM crowded) OR seq NOT IN (SELECT seq FROM late) OR EXISTS (
        FROM store.events AS e WHERE e.topic = p.topic AND e."partition" = p."partition" AND e."offset" = p."offset"
            AND e.via = 'facility-events'))
    QUALIFY row_number() OVER (
        PARTITION BY center_id, subject, kind, source, record_id
        ORDER BY revision DESC, digest DESC, retraction DESC, seq) = 1
) WHERE NOT retraction;

CREATE TABLE centers_places AS
SELECT center_id || ' ' || subject AS place, * FROM of_centers WHERE kind IN ('child.enrolled', 'child.withdrawn');

CREATE TABLE attendances AS
SELECT center_id, subject, (data ->> '$.date')::DATE AS date, data ->> '$.status' AS status,
    coalesce(data ->> '$.absence_reason', 'unknown') AS reason, happened, record_id, source,
    coalesce(json_array_length(data, '$.symptoms'), 0) > 0 AS symptomatic
FROM of_centers WHERE kind = 'attendance.recorded';

CREATE TABLE health_checks AS
SELECT center_id, subject, day AS date, (data ->> '$.kind') = 'morning' AS morning,
    coalesce((data ->> '$.temperature_c')::DOUBLE >= 37.5, false)
        OR coalesce(list_contains((data -> '$.symptoms')::VARCHAR[], 'fever'), false) AS fever,
    coalesce(json_array_length(data, '$.symptoms'), 0) > 0 AS symptomatic, (data ->> '$.action') = 'sent-home' AS sent_home
FROM of_centers WHERE kind = 'health-check.recorded';

-- Dates on which the centre recorded anything; an enrolment or a withdrawal makes no date by itself.
CREATE TABLE recorded_dates AS
SELECT DISTINCT center_id, CASE kind WHEN 'attendance.recorded' THEN (data ->> '$.date')::DATE ELSE day END AS date
FROM of_centers WHERE kind NOT IN ('child.enrolled', 'child.withdrawn');

CREATE TABLE enrolled_days AS
WITH newest AS (
    SELECT center_id, coalesce(any_value(today), max(date)) AS newest
    FROM (SELECT center_id, date FROM recorded_dates UNION ALL SELECT center_id, NULL FROM of_centers), moment
    GROUP BY center_id
),
spans AS (
    SELECT e.center_id, e.subject, e.from_date, least(e.last_day, n.newest) AS until
    FROM days_enrolled('centers_places') AS e JOIN newest AS n ON n.center_id = e.center_id AND n.newest IS NOT NULL
)
SELECT DISTINCT center_id, subject, unnest(range(from_date, until + 1, INTERVAL 1 DAY))::DATE AS date FROM spans;

CREATE TABLE center_days AS
WITH enrolled AS (SELECT center_id, date, count(*) AS enrolled FROM enrolled_days GROUP BY ALL),
attended AS (
    SELECT center_id, date, countif(status = 'present') AS present, countif(status = 'absent') AS absent,
        countif(status = 'absent' AND reason = 'sick') AS absent_sick,
        countif(status = 'absent' AND reason = 'unknown') AS absent_unknown
    FROM (
        FROM attendances
        QUALIFY row_number() OVER (
            PARTITION BY center_id, subject, date ORDER BY happened DESC, record_id DESC, source DESC) = 1)
    GROUP BY ALL
),
checked AS (
    SELECT center_id, date, count(DISTINCT subject) FILTER (morning) AS checked,
        count(DISTINCT subject) FILTER (fever) AS fever, count(DISTINCT subject) FILTER (sent_home) AS sent_home
    FROM health_checks GROUP BY ALL
),
ill AS (
    SELECT center_id, date, count(DISTINCT subject) AS symptomatic
    FROM (SELECT center_id, date, subject FROM health_checks WHERE symptomatic
        UNION ALL SELECT center_id, date, subject FROM attendances WHERE symptomatic)
    GROUP BY ALL
),
dates AS (
    SELECT center_id, date FROM recorded_dates
    UNION
    SELECT center_id, date FROM enrolled, moment WHERE today IS NOT NULL
)
SELECT d.center_id, d.date,
    coalesce(e.enrolled, 0) AS enrolled, coalesce(a.present, 0) AS present, coalesce(a.absent, 0) AS absent,
    coalesce(a.absent_sick, 0) AS absent_sick, coalesce(a.absent_unknown, 0) AS absent_unknown,
    coalesce(c.checked, 0) AS checked, coalesce(c.fever, 0) AS fever, coalesce(i.symptomatic, 0) AS symptomatic,
    coalesce(c.sent_home, 0) AS sent_home
FROM dates AS d
LEFT JOIN enrolled AS e USING (center_id, date)
LEFT JOIN attended AS a USING (center_id, date)
LEFT JOIN checked AS c USING (center_id, date)
LEFT JOIN ill AS i USING (center_id, date), moment AS m
WHERE m.today IS NULL OR d.date <= m.today;

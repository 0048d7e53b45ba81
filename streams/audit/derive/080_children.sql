-- Registered children, their timelines and their checkups.

CREATE TABLE standing AS SELECT * FROM winners WHERE NOT retraction;

CREATE TABLE registrations AS
SELECT child_id, subject, source, record_id, happened, day, data ->> '$.sex' AS sex, (data ->> '$.birth_date')::DATE AS born,
    data ->> '$.clinic_id' AS clinic_id, (data ->> '$.gestational_weeks')::INTEGER AS gestational_weeks,
    (data ->> '$.birth_weight_g')::INTEGER AS birth_weight_g, coalesce(data ->> '$.community', '') AS community
FROM standing WHERE kind = 'child.registered';

-- A registration on a later date ends a departure; of those that stand the greatest holds.
CREATE TABLE departures AS
SELECT child_id, departed_on, reason FROM (
    SELECT *, (data ->> '$.date')::DATE AS departed_on, data ->> '$.reason' AS reason
    FROM standing WHERE kind = 'child.departed'
) AS d
WHERE NOT EXISTS (FROM registrations AS r WHERE r.child_id = d.child_id AND r.day > d.departed_on)
QUALIFY row_number() OVER (PARTITION BY child_id ORDER BY happened DESC, source DESC, record_id DESC) = 1;

CREATE TABLE lives AS
SELECT r.*, f.registered_on, d.departed_on, coalesce(d.reason, '') AS departure_reason, later(r.born, 84) AS ends_on
FROM (
    FROM registrations
    QUALIFY row_number() OVER (PARTITION BY child_id ORDER BY happened DESC, source DESC, record_id DESC) = 1
) AS r
JOIN (SELECT child_id, arg_min(day, happened) AS registered_on FROM registrations GROUP BY child_id) AS f USING (child_id)
LEFT JOIN departures AS d USING (child_id);

CREATE TABLE checkups AS
SELECT child_id, day, coalesce(data ->> '$.milestone', '') AS named FROM standing WHERE kind = 'checkup.recorded';

-- An enrolment ends with the day before the first later withdrawal of that centre, or with its own last day.
CREATE MACRO days_enrolled(relation) AS TABLE
SELECT e.*, least((e.data ->> '$.until')::DATE, (
        SELECT min((w.data ->> '$.date')::DATE) - 1 FROM query_table(relation) AS w
        WHERE w.kind = 'child.withdrawn' AND w.place = e.place AND (w.data ->> '$.date')::DATE > e.from_date)) AS last_day
FROM (
    SELECT *, (data ->> '$.from_date')::DATE AS from_date FROM query_table(relation) WHERE kind = 'child.enrolled'
) AS e;

CREATE TABLE childrens_places AS
SELECT child_id || ' ' || center_id AS place, * FROM standing WHERE kind IN ('child.enrolled', 'child.withdrawn');

-- Departures that stand although a place of the child goes on after them: a data-quality note.
CREATE TABLE departures_enrolled AS
SELECT DISTINCT d.child_id, d.kind, d.source, d.record_id
FROM standing AS d JOIN days_enrolled('childrens_places') AS e USING (child_id)
WHERE d.kind = 'child.departed'
    AND coalesce(e.last_day >= greatest(e.from_date, (d.data ->> '$.date')::DATE + 1), true)
    AND NOT EXISTS (FROM registrations AS r WHERE r.child_id = d.child_id AND r.day > (d.data ->> '$.date')::DATE);

-- The place a child has today; before any tick the newest that was not given up.
CREATE TABLE places AS
SELECT child_id, center_id, data ->> '$.class_id' AS class_id, data ->> '$.band' AS band, data ->> '$.service' AS service,
    from_date
FROM days_enrolled('childrens_places'), moment
WHERE CASE WHEN today IS NULL THEN coalesce(last_day >= from_date, true)
    ELSE from_date <= today AND coalesce(last_day >= today, true) END
QUALIFY row_number() OVER (PARTITION BY child_id ORDER BY from_date DESC, happened DESC, source DESC, record_id DESC) = 1;

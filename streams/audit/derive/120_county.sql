-- The county's sums over the rows above.

CREATE TABLE clinic_months AS
SELECT clinic_id, date_trunc('month', due_on)::DATE AS month, milestone, count(*) AS due,
    countif(status = 'done') AS done_on_time, countif(status = 'done-late') AS done_late,
    countif(status = 'missed') AS missed, countif(status IN ('open', 'overdue')) AS open
FROM milestones, moment
WHERE due_on <= today AND status NOT IN ('not-applicable', 'excused')
GROUP BY ALL;

CREATE TABLE county_overview AS
WITH open_centers AS (SELECT c.* FROM centers AS c, moment WHERE closed_on IS NULL OR closed_on > today),
contracted AS (
    SELECT DISTINCT center_id FROM contracts, moment
    WHERE from_date <= today AND coalesce(until >= today, true) AND coalesce(ended_on > today, true)
),
present_staff AS (
    SELECT coalesce(valid_until >= today, true) AS certified FROM staff, moment WHERE left_on IS NULL OR left_on > today
),
people AS (
    SELECT coalesce(sum(residents), 0) AS residents FROM populations
    WHERE length(region) = (SELECT min(length(region)) FROM populations)
),
filed AS (
    SELECT count(*) AS centers, coalesce(sum(inclusive_places), 0) AS inclusive_places,
        countif(center_id IN (FROM contracted)) AS contracted
    FROM open_centers
)
SELECT 'county' AS county, centers, inclusive_places, residents,
    CASE WHEN residents > 0 THEN inclusive_places * 1000 / residents END AS places_per_1000,
    (SELECT coalesce(sum(enrolled), 0) FROM center_days WHERE date = today) AS enrolled,
    CASE WHEN centers > 0 AND today IS NOT NULL THEN contracted * 100 / centers END AS contracted_centers_pct,
    CASE WHEN today IS NOT NULL THEN (SELECT countif(certified) * 100 / nullif(count(*), 0) FROM present_staff) END
        AS certified_staff_pct,
    (SELECT count(*) FROM lives WHERE departed_on IS NULL) AS children,
    (SELECT coalesce(sum(due), 0) FROM clinic_months) AS checkups_due,
    (SELECT coalesce(sum(missed), 0) FROM clinic_months) AS checkups_missed,
    (SELECT count(*) FROM called) AS called_alerts,
    instant(now) // 1000 AS now
FROM filed, people, moment;

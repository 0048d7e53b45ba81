-- Registered children, with their place, their checkups and how many alerts they have: of rules that are not
-- recomputed here, as many as the store shows.
-- key: child_id

CREATE OR REPLACE TEMP VIEW expected AS
SELECT l.child_id, l.subject, l.source AS registered_by, l.record_id AS registration_record, l.sex,
    l.born AS birth_date, l.clinic_id, CASE WHEN l.departed_on IS NULL THEN 'active' ELSE 'departed' END AS status,
    coalesce(p.center_id, '') AS center_id, coalesce(p.class_id, '') AS class_id, coalesce(p.band, '') AS band,
    coalesce(p.service, '') AS service, p.from_date AS enrolled_from, c.last_checkup_on,
    coalesce(n.milestone, '') AS next_milestone, n.due_on AS next_due_on, coalesce(a.open_alerts, 0) AS open_alerts,
    l.registered_on, l.departed_on, l.departure_reason, l.gestational_weeks, l.birth_weight_g, l.community
FROM lives AS l
LEFT JOIN places AS p USING (child_id)
LEFT JOIN (SELECT child_id, max(day) AS last_checkup_on FROM checkups GROUP BY child_id) AS c USING (child_id)
LEFT JOIN (
    FROM milestones WHERE status IN ('upcoming', 'open', 'overdue') AND departed_on IS NULL
    QUALIFY row_number() OVER (PARTITION BY child_id ORDER BY place) = 1
) AS n USING (child_id)
LEFT JOIN (
    SELECT child_id, count(*) AS open_alerts FROM (
        SELECT child_id FROM called
        UNION ALL SELECT child_id FROM store.alerts
            WHERE state <> 'resolved' AND rule NOT IN ('checkup-overdue', 'vaccination-overdue')
    ) GROUP BY child_id
) AS a USING (child_id);

CREATE OR REPLACE TEMP VIEW found AS FROM store.children;

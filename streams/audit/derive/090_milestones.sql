-- The thirteen milestones of every registered child, and which checkup did each.

CREATE TABLE schedule AS SELECT * FROM (VALUES
    (1, 'home', 0), (2, 'm1', 1), (3, 'm3', 3), (4, 'm6', 6), (5, 'm8', 8), (6, 'm12', 12), (7, 'm18', 18),
    (8, 'm24', 24), (9, 'm30', 30), (10, 'm36', 36), (11, 'y4', 48), (12, 'y5', 60), (13, 'y6', 72)
) AS t (place, milestone, months);

CREATE TABLE windows AS
WITH dated AS (
    SELECT child_id, born, place, milestone, registered_on, departed_on, ends_on,
        CASE milestone WHEN 'home' THEN born WHEN 'm1' THEN born + 28 ELSE later(born, months) - 14 END AS opens_on,
        CASE milestone WHEN 'home' THEN born + 14 WHEN 'm1' THEN born + 42 ELSE later(born, months) END AS due_on
    FROM lives, schedule
)
SELECT *,
    CASE WHEN milestone = 'home' THEN born + 15 WHEN milestone = 'm1' THEN born + 43
        WHEN starts_with(milestone, 'y') THEN later(due_on, 11) ELSE later(due_on, 1) END AS overdue_on,
    coalesce(lead(opens_on) OVER (PARTITION BY child_id ORDER BY place), ends_on) AS missed_on
FROM dated;

-- A checkup does the milestone it names unless that had not opened yet, else the one in whose window it falls.
CREATE TABLE done AS
SELECT w.child_id, w.milestone, min(c.day) AS done_on
FROM checkups AS c
LEFT JOIN windows AS n ON n.child_id = c.child_id AND n.milestone = c.named AND c.day >= n.opens_on
JOIN windows AS w ON w.child_id = c.child_id AND CASE WHEN n.milestone IS NOT NULL THEN w.milestone = n.milestone
    ELSE w.opens_on <= c.day AND c.day < w.missed_on END
GROUP BY ALL;

CREATE TABLE milestones AS
SELECT w.*, d.done_on,
    CASE
        WHEN done_on < overdue_on THEN 'done'
        WHEN done_on IS NOT NULL THEN 'done-late'
        WHEN today IS NULL THEN 'upcoming'
        WHEN missed_on <= registered_on OR opens_on > departed_on THEN 'not-applicable'
        WHEN opens_on <= departed_on AND departed_on < missed_on THEN 'excused'
        WHEN today < opens_on THEN 'upcoming'
        WHEN today < overdue_on THEN 'open'
        WHEN today < missed_on THEN 'overdue'
        ELSE 'missed'
    END AS status,
    (
        SELECT r.clinic_id FROM registrations AS r WHERE r.child_id = w.child_id
        ORDER BY r.day <= w.due_on DESC, CASE WHEN r.day <= w.due_on THEN r.happened ELSE -r.happened END DESC, r.source DESC,
            r.record_id DESC
        LIMIT 1
    ) AS clinic_id
FROM windows AS w LEFT JOIN done AS d USING (child_id, milestone), moment;

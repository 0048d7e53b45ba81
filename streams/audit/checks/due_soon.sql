-- Whom to call about a checkup: due within 14 days, due and not late yet, or with an alert that is called for.
-- key: child_id, milestone

CREATE OR REPLACE TEMP VIEW expected AS
SELECT m.child_id, m.milestone, l.clinic_id, m.status, m.due_on, coalesce(a.state, '') AS alert_state
FROM milestones AS m
JOIN lives AS l USING (child_id)
LEFT JOIN alerts AS a ON a.child_id = m.child_id AND a.milestone = m.milestone, moment
WHERE l.departed_on IS NULL AND (a.state IS NOT NULL
    OR (m.status IN ('upcoming', 'open') AND m.due_on <= today + 14));

CREATE OR REPLACE TEMP VIEW found AS FROM store.due_soon;

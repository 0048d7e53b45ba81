-- The alerts that are open or escalated now. Which were once raised is history and depends on when ticks came.
-- key: alert_id

CREATE OR REPLACE TEMP VIEW expected AS
SELECT substr(sha256('checkup-overdue|' || a.child_id || '|' || milestone), 1, 32) AS alert_id,
    'checkup-overdue' AS rule, 1 AS rule_version,
    CASE a.state WHEN 'escalated' THEN 'serious' ELSE 'warning' END AS severity, a.child_id,
    coalesce(p.center_id, '') AS center_id, l.clinic_id, a.milestone, a.state, '' AS resolution, a.due_on
FROM alerts AS a
JOIN lives AS l USING (child_id)
LEFT JOIN places AS p USING (child_id);

CREATE OR REPLACE TEMP VIEW found AS
SELECT alert_id, rule, rule_version, severity, child_id, center_id, clinic_id, milestone, state, resolution, due_on
FROM store.alerts WHERE state <> 'resolved';

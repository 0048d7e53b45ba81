-- The alerts that are open or escalated now, of the rules that are recomputed from the log. Which were once raised is
-- history and depends on when ticks came.
-- key: alert_id

CREATE OR REPLACE TEMP VIEW expected AS
SELECT substr(sha256(a.rule || '|' || a.child_id || '|' || a.milestone), 1, 32) AS alert_id, a.rule, 1 AS rule_version,
    a.severity, a.child_id, coalesce(p.center_id, '') AS center_id, l.clinic_id, a.milestone, a.state, '' AS resolution,
    a.due_on
FROM called AS a
JOIN lives AS l USING (child_id)
LEFT JOIN places AS p USING (child_id);

CREATE OR REPLACE TEMP VIEW found AS
SELECT alert_id, rule, rule_version, severity, child_id, center_id, clinic_id, milestone, state, resolution, due_on
FROM store.alerts WHERE state <> 'resolved' AND rule IN ('checkup-overdue', 'vaccination-overdue');

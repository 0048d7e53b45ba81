-- The alerts that are called for now, of the rules that are recomputed here.

CREATE TABLE called AS
SELECT 'checkup-overdue' AS rule, child_id, milestone, state, due_on,
    CASE state WHEN 'escalated' THEN 'serious' ELSE 'warning' END AS severity
FROM alerts
UNION ALL
SELECT 'vaccination-overdue', child_id, '', 'open', min(earliest_on), 'warning'
FROM vaccination_status WHERE status = 'overdue' GROUP BY child_id;

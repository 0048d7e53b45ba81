-- Every alert, also the resolved: it says how it was resolved if and only if it was, and its child, if it is about one, is in
-- the log. Before a link came, its alias or whom that was linked to was a child of its own. Of rules with one alert for a
-- child or for a milestone the id is the hash of what it is about; what else an episode is called is not among the columns.
-- key: alert_id

CREATE OR REPLACE TEMP VIEW expected AS
SELECT CASE WHEN rule IN ('checkup-overdue', 'vaccination-overdue', 'growth-low', 'growth-high', 'growth-faltering', 'anaemia')
        THEN substr(sha256(rule || '|' || child_id || '|' || milestone), 1, 32) ELSE alert_id END AS alert_id,
    'in the log' AS child, 'fits' AS milestone, 'fits' AS resolution
FROM store.alerts;

CREATE OR REPLACE TEMP TABLE once_children AS
SELECT substr(sha256(subject), 1, 32) AS child_id FROM subjects
UNION SELECT substr(sha256(data ->> '$.same_as'), 1, 32) FROM publications
WHERE is_known AND NOT retraction AND kind = 'identity.linked';

CREATE OR REPLACE TEMP VIEW found AS
SELECT alert_id,
    CASE WHEN child_id = '' OR child_id IN (SELECT child_id FROM subjects) OR child_id IN (FROM once_children)
        THEN 'in the log' ELSE child_id END AS child,
    CASE WHEN (rule = 'checkup-overdue' AND milestone IN (SELECT milestone FROM schedule))
            OR (rule <> 'checkup-overdue' AND milestone = '')
        THEN 'fits' ELSE rule || ' ' || milestone END AS milestone,
    CASE WHEN CASE state
            WHEN 'resolved' THEN resolution IN ('done', 'done-late', 'caught-up', 'superseded', 'departed', 'corrected', 'expired')
            ELSE state IN ('open', 'escalated') AND resolution = '' END
        THEN 'fits' ELSE state || ' ' || resolution END AS resolution
FROM store.alerts;

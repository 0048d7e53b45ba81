-- Every alert, also the resolved: its id is the hash of what it is about, a child and a milestone that exist, and it says
-- how it was resolved if and only if it was. Before a link came, its alias or whom that was linked to was a child of its own.
-- key: alert_id

CREATE OR REPLACE TEMP VIEW expected AS
SELECT substr(sha256(concat_ws('|', rule, child_id, milestone)), 1, 32) AS alert_id, 'checkup-overdue' AS rule,
    'in the log' AS child, 'in the schedule' AS milestone, 'fits' AS resolution
FROM store.alerts;

CREATE OR REPLACE TEMP TABLE once_children AS
SELECT substr(sha256(subject), 1, 32) AS child_id FROM subjects
UNION SELECT substr(sha256(data ->> '$.same_as'), 1, 32) FROM publications
WHERE is_known AND NOT retraction AND kind = 'identity.linked';

CREATE OR REPLACE TEMP VIEW found AS
SELECT alert_id, rule,
    CASE WHEN child_id IN (SELECT child_id FROM subjects) OR child_id IN (FROM once_children) THEN 'in the log' ELSE child_id END AS child,
    CASE WHEN milestone IN (SELECT milestone FROM schedule) THEN 'in the schedule' ELSE milestone END AS milestone,
    CASE WHEN CASE state
            WHEN 'resolved' THEN resolution IN ('done', 'done-late', 'caught-up', 'superseded', 'departed', 'corrected', 'expired')
            ELSE state IN ('open', 'escalated') AND resolution = '' END
        THEN 'fits' ELSE state || ' ' || resolution END AS resolution
FROM store.alerts;

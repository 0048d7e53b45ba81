-- The history of every alert: it begins with an opening, each transition changes the state, and *now* never goes back.
-- key: alert_id, transition

CREATE OR REPLACE TEMP VIEW expected AS
SELECT alert_id, transition, 'legal' AS verdict FROM store.alert_history;

CREATE OR REPLACE TEMP VIEW found AS
SELECT alert_id, transition,
    CASE
        WHEN state NOT IN ('open', 'escalated', 'resolved') THEN 'to no state'
        WHEN before IS NULL AND state = 'resolved' THEN 'resolved before it opened'
        WHEN state = before THEN 'to the state it had'
        WHEN (state = 'resolved') <> (resolution <> '') THEN 'a resolution of another state'
        WHEN changed_at < last_at THEN 'before the one before it'
        ELSE 'legal'
    END AS verdict
FROM (
    SELECT *, lag(state) OVER history AS before, lag(changed_at) OVER history AS last_at
    FROM store.alert_history WINDOW history AS (PARTITION BY alert_id ORDER BY transition)
);

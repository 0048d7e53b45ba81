-- The last transition in the history of every alert is what the alert says.
-- key: alert_id

CREATE OR REPLACE TEMP VIEW expected AS
SELECT alert_id, changed_at, state, resolution FROM store.alert_history
QUALIFY row_number() OVER (PARTITION BY alert_id ORDER BY transition DESC) = 1;

CREATE OR REPLACE TEMP VIEW found AS SELECT alert_id, changed_at, state, resolution FROM store.alerts;

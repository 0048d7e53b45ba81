-- Every cell of every centre's every day.
-- key: center_id, date

CREATE OR REPLACE TEMP VIEW expected AS
SELECT d.*, c.places FROM center_days AS d LEFT JOIN centers AS c USING (center_id);

CREATE OR REPLACE TEMP VIEW found AS FROM store.center_days;

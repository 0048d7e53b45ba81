-- Centres as they were filed and closed.
-- key: center_id

CREATE OR REPLACE TEMP VIEW expected AS FROM centers;

CREATE OR REPLACE TEMP VIEW found AS FROM store.centers;

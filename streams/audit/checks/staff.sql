-- Staff as they were certified and left.
-- key: staff_id

CREATE OR REPLACE TEMP VIEW expected AS FROM staff;

CREATE OR REPLACE TEMP VIEW found AS FROM store.staff;

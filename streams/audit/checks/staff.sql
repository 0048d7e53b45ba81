-- Staff as they were certified and left.
-- key: staff_id

CREATE VIEW expected AS FROM staff;

CREATE VIEW found AS FROM store.staff;

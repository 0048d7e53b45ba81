-- Trainings of staff.
-- key: staff_id, source, record_id

CREATE VIEW expected AS FROM trainings;

CREATE VIEW found AS FROM store.trainings;

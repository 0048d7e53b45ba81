-- Trainings of staff.
-- key: staff_id, source, record_id

CREATE OR REPLACE TEMP VIEW expected AS FROM trainings;

CREATE OR REPLACE TEMP VIEW found AS FROM store.trainings;

-- Every dose of the schedule that a registered child is to get: dates, and what became of it.
-- key: child_id, dose

CREATE OR REPLACE TEMP VIEW expected AS FROM vaccination_status;

CREATE OR REPLACE TEMP VIEW found AS FROM store.vaccination_status;

-- Thirteen milestones of every registered child: dates, status, the clinic responsible, the checkup that did it.
-- key: child_id, milestone

CREATE OR REPLACE TEMP VIEW expected AS
SELECT child_id, milestone, clinic_id, opens_on, due_on, overdue_on, missed_on, status, done_on FROM milestones;

CREATE OR REPLACE TEMP VIEW found AS FROM store.checkup_milestones;

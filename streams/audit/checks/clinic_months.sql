-- Checkups due and done by clinic, month and milestone.
-- key: clinic_id, month, milestone

CREATE OR REPLACE TEMP VIEW expected AS FROM clinic_months;

CREATE OR REPLACE TEMP VIEW found AS FROM store.clinic_months;

-- Checkups due and done by clinic, month and milestone.
-- key: clinic_id, month, milestone

CREATE VIEW expected AS FROM clinic_months;

CREATE VIEW found AS FROM store.clinic_months;

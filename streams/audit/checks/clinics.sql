-- Clinics as they were listed.
-- key: clinic_id

CREATE VIEW expected AS FROM clinics;

CREATE VIEW found AS FROM store.clinics;

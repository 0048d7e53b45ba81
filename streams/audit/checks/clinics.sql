-- Clinics as they were listed.
-- key: clinic_id

CREATE OR REPLACE TEMP VIEW expected AS FROM clinics;

CREATE OR REPLACE TEMP VIEW found AS FROM store.clinics;

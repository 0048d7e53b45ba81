-- Guidance visits to centres.
-- key: center_id, source, record_id

CREATE OR REPLACE TEMP VIEW expected AS FROM guidance_visits;

CREATE OR REPLACE TEMP VIEW found AS FROM store.guidance_visits;

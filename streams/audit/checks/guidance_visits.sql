-- Guidance visits to centres.
-- key: center_id, source, record_id

CREATE VIEW expected AS FROM guidance_visits;

CREATE VIEW found AS FROM store.guidance_visits;

-- Centres as they were filed and closed.
-- key: center_id

CREATE VIEW expected AS FROM centers;

CREATE VIEW found AS FROM store.centers;

-- Population as it was reported.
-- key: region

CREATE VIEW expected AS FROM populations;

CREATE VIEW found AS FROM store.populations;

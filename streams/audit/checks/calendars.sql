-- Published calendars.
-- key: year

CREATE VIEW expected AS FROM calendars;

CREATE VIEW found AS FROM store.calendars;

-- Published calendars.
-- key: year

CREATE OR REPLACE TEMP VIEW expected AS FROM calendars;

CREATE OR REPLACE TEMP VIEW found AS FROM store.calendars;

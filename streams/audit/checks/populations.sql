-- Population as it was reported.
-- key: region

CREATE OR REPLACE TEMP VIEW expected AS FROM populations;

CREATE OR REPLACE TEMP VIEW found AS FROM store.populations;

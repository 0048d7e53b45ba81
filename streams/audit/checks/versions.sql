-- The newest version in the log of every versioned table is the row that queries see; what ended there is seen nowhere.
-- key: table_name, row_key

CREATE OR REPLACE TEMP VIEW expected AS SELECT table_name, row_key, content FROM store.newest_versions;

CREATE OR REPLACE TEMP VIEW found AS SELECT table_name, row_key, content FROM store.current_versions;

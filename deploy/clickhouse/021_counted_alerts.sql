-- A child's alerts are counted where they are: those of a version before were a column of the child.

ALTER TABLE huiyu_store.children DROP COLUMN IF EXISTS open_alerts;

ALTER TABLE huiyu_store.children_log DROP COLUMN IF EXISTS open_alerts;

-- Sources as registered; heard until the last tick at least, and never beyond what the log holds.
-- key: source

CREATE OR REPLACE TEMP VIEW expected AS
SELECT source, side, cadence, registered_at, heard_until,
    CASE WHEN NOT known THEN 'unregistered' WHEN heard_until IS NULL THEN 'registered' ELSE 'heard' END AS state
FROM (
    SELECT s.*, CASE WHEN f.heard_until BETWEEN s.at_least AND s.at_most
            OR (s.at_least IS NULL AND f.heard_until <= s.at_most) THEN f.heard_until ELSE s.at_least END AS heard_until
    FROM sources AS s LEFT JOIN store.sources AS f USING (source)
)
WHERE registered_at IS NOT NULL OR heard_until IS NOT NULL;

-- That a source is silent, an alert says; whether it may is not asked here.
CREATE OR REPLACE TEMP VIEW found AS
SELECT source, side, cadence, registered_at, heard_until,
    CASE WHEN state <> 'silent' THEN state WHEN heard_until IS NULL THEN 'registered' ELSE 'heard' END AS state
FROM store.sources;

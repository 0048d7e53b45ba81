-- Who has an alert about a checkup: the last milestone that was to be done, was not, and is late by what its clinic has
-- confirmed: one alert, unless a later one was done.

CREATE TABLE alerts AS
WITH late AS (
    SELECT m.*, CASE WHEN missed_on <= heard_on THEN 'escalated' ELSE 'open' END AS state
    FROM milestones AS m JOIN confirmed USING (child_id), moment
    WHERE status IN ('upcoming', 'open', 'overdue', 'missed') AND departed_on IS NULL AND today < ends_on
        AND heard_on >= CASE WHEN registered_on <= due_on THEN overdue_on
            ELSE greatest(overdue_on, registered_on + 30) END
    QUALIFY row_number() OVER (PARTITION BY child_id ORDER BY place DESC) = 1
)
SELECT * FROM late
WHERE NOT EXISTS (FROM milestones AS m WHERE m.child_id = late.child_id AND m.place > late.place AND m.done_on IS NOT NULL);

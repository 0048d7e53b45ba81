-- Until when what a child's clinic has to tell is complete: nobody is late by the silence of a clinic.

-- A clinic that is not registered and of which nothing came reports not for itself; what came of one waits, nothing is sure.
CREATE TABLE confirmed AS
SELECT l.child_id, CASE
    WHEN today IS NULL THEN NULL
    WHEN NOT coalesce(s.known, false) THEN CASE WHEN s.at_least IS NULL THEN today ELSE DATE '0001-01-01' END
    WHEN s.cadence = 'irregular' THEN today
    WHEN s.at_least IS NULL THEN DATE '0001-01-01'
    ELSE least(today, local_day(s.at_least * 1000) - CASE s.cadence WHEN 'weekly' THEN 10 ELSE 3 END)
    END AS heard_on
FROM lives AS l LEFT JOIN sources AS s ON s.source = 'clinic:' || l.clinic_id, moment;

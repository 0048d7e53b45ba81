-- Every record that stands, of every registered child, cell by cell.
-- key: child_id, kind, source, record_id

CREATE VIEW expected AS
SELECT w.child_id, w.kind, w.source, w.record_id, w.subject, w.happened // 1000 AS occurred_at,
    coalesce((w.data ->> '$.date')::DATE, w.day) AS local_date, w.revision,
    coalesce((w.data ->> '$.date')::DATE, w.day) - l.born AS age_days,
    coalesce(w.data ->> '$.center_id', '') AS center_id, coalesce(w.data ->> '$.class_id', '') AS class_id,
    coalesce(w.data ->> '$.clinic_id', '') AS clinic_id, w.data
FROM standing AS w JOIN lives AS l USING (child_id);

CREATE VIEW found AS
SELECT child_id, kind, source, record_id, subject, occurred_at, local_date, revision, age_days, center_id, class_id,
    clinic_id, data
FROM store.timeline;

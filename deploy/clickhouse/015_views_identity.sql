-- What does not fit together about who is who. Of registered children it is asked of their timelines: what stands there,
-- and where two subjects of one child use one record number, only the one that holds. What waits for a registration is
-- no row of any table but the events themselves; of it only enrolments are asked for, since a centre's events are here
-- whether their child is known or not. Links that wait with their unregistered child are not seen.
--
-- Without an as-of variant: *now* and what waits are kept as they are, not as they were.

CREATE OR REPLACE VIEW huiyu.identity_issues
(
    subject String COMMENT '匿名标识 / subject that the problem is about',
    problem LowCardinality(String) COMMENT
        '问题类型 / contradicting-links, link-cycle, same-identity-two-children, equal-revision-conflict, enrolled-unregistered or contradicting-registrations',
    child_id String COMMENT '儿童编号，未登记时为空 / child, empty while none is registered',
    records Array(String) COMMENT '涉及的记录（来源、类型、记录编号，以斜线分隔） / the records concerned: source/kind/record id',
    since DateTime64(3, '${timezone}') COMMENT '系统得知此问题的时间 / when the last of these records became visible'
)
AS WITH
    told AS
    (
        SELECT child_id, subject, kind, source, record_id, concat(source, '/', kind, '/', record_id) AS record,
            occurred_at, accepted_at, data
        FROM huiyu_store.timeline FINAL
    ),
    links AS
    (
        SELECT child_id, subject, source, record_id, record, occurred_at, accepted_at,
            JSONExtractString(data, 'same_as') AS same_as
        FROM told WHERE kind = 'identity.linked'
    ),
    registrations AS
    (
        SELECT child_id, subject, record, accepted_at, JSONExtractString(data, 'birth_date') AS birth_date,
            nullIf(JSONExtractString(data, 'sex'), 'unknown') AS sex
        FROM told WHERE kind = 'child.registered'
    )
SELECT subject, problem, child_id, arraySort(groupUniqArray(record)) AS records, max(visible) AS since
FROM
(
    -- An alias whose links name several others.
    SELECT child_id, subject, 'contradicting-links' AS problem, record, accepted_at AS visible
    FROM links
    WHERE same_as != subject AND (child_id, subject) IN (
        SELECT child_id, subject FROM links WHERE same_as != subject
        GROUP BY child_id, subject HAVING uniqExact(same_as) > 1)

    UNION ALL
    -- Aliases from which the links that hold lead back to themselves: as many steps as the child has aliases show it.
    SELECT child_id, alias.1 AS subject, 'link-cycle' AS problem, alias.3 AS record, alias.4 AS visible
    FROM
    (
        SELECT child_id, groupArray((subject, held.1, held.2, held.3)) AS aliases,
            CAST((aliases.1, aliases.2), 'Map(String, String)') AS leads
        FROM
        (
            SELECT child_id, subject, argMax((same_as, record, accepted_at), (occurred_at, source, record_id)) AS held
            FROM links WHERE same_as != subject
            GROUP BY child_id, subject
        )
        GROUP BY child_id
    )
    ARRAY JOIN aliases AS alias
    WHERE arrayFold(
        (way, step) -> (leads[way.1], way.2 OR leads[way.1] = alias.1), range(length(aliases)), (alias.1, false)).2

    UNION ALL
    SELECT child_id, subject, 'link-cycle' AS problem, record, accepted_at AS visible FROM links WHERE same_as = subject

    UNION ALL
    -- One record number of a source under two children. Their hashes are looked for first: there are many records.
    SELECT child_id, subject, 'same-identity-two-children' AS problem, record, latest AS visible
    FROM
    (
        SELECT groupArray((child_id, subject)) AS holders, record, max(accepted_at) AS latest
        FROM told
        WHERE sipHash64(kind, source, record_id) IN (
            SELECT sipHash64(kind, source, record_id) AS number FROM huiyu_store.timeline FINAL
            GROUP BY number HAVING min(sipHash64(child_id)) != max(sipHash64(child_id)))
        GROUP BY record
        HAVING uniqExact(child_id) > 1
    )
    ARRAY JOIN holders.1 AS child_id, holders.2 AS subject

    UNION ALL
    SELECT child_id, subject, 'equal-revision-conflict' AS problem, concat(source, '/', kind, '/', record_id) AS record,
        accepted_at AS visible
    FROM huiyu_store.timeline FINAL WHERE has(flags, 'equal-revision-conflict')

    UNION ALL
    SELECT child_id, subject, 'contradicting-registrations' AS problem, registration.1 AS record,
        registration.2 AS visible
    FROM
    (
        SELECT child_id, subject, arrayJoin(entries) AS registration
        FROM
        (
            SELECT child_id, groupUniqArray(subject) AS subjects, groupArray((record, accepted_at)) AS entries
            FROM registrations
            GROUP BY child_id HAVING uniqExact(birth_date) > 1 OR uniqExact(sex) > 1
        )
        ARRAY JOIN subjects AS subject
    )

    UNION ALL
    -- Enrolments as their centres have them: of a record the highest revision, at an equal one the greater digest (of
    -- canonical JSON: an enrolment's data are plain texts).
    SELECT '' AS child_id, subject, 'enrolled-unregistered' AS problem, record, held.3 AS visible
    FROM
    (
        SELECT subject, source, concat(source, '/child.enrolled/', record_id) AS record,
            argMax((type, from_date, appended_at), (revision, digest, type, -toUnixTimestamp64Milli(appended_at))) AS held
        FROM
        (
            SELECT center_id, appended_at,
                JSONExtractString(raw, 'type') AS type,
                JSONExtractString(raw, 'subject') AS subject,
                JSONExtractString(raw, 'source') AS source,
                ifNull(JSONExtract(raw, 'recordid', 'Nullable(String)'), JSONExtractString(raw, 'id')) AS record_id,
                ifNull(JSONExtract(raw, 'revision', 'Nullable(Int64)'), 1) AS revision,
                toDateOrNull(JSONExtractString(raw, 'data', 'from_date')) AS from_date,
                arrayStringConcat(arrayMap(field -> concat('"', field.1, '":', field.2),
                    arraySort(JSONExtractKeysAndValuesRaw(raw, 'data'))), ',') AS fields,
                hex(SHA256(concat('{"data":{', fields, '},"subject":"', subject, '","time":"',
                    JSONExtractString(raw, 'time'), '"}'))) AS digest
            FROM huiyu_store.events FINAL
            WHERE via = 'facility-events' AND multiSearchAny(raw, ['child.enrolled', '\\u00'])
                AND (type = 'child.enrolled.v1'
                    OR (type = 'record.retracted.v1' AND JSONExtractString(raw, 'data', 'kind') = 'child.enrolled'))
                AND (subject, source) IN (SELECT subject, source FROM huiyu.unlinked_subjects)
        )
        GROUP BY center_id, subject, source, record_id
    )
    WHERE held.1 = 'child.enrolled.v1'
        AND addDays(held.2, 30) <= (
            SELECT if(count() = 2, min(today), NULL) FROM huiyu_store.clock WHERE stage IN ('timeline', 'centers'))
)
GROUP BY child_id, subject, problem
COMMENT '身份问题：每个标识每类问题一行 / What does not fit together about who is who: one row per subject and problem';

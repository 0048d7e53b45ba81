-- Views that count over the county. *Now* is the pipeline's (huiyu_store.clock), never the server's.

CREATE OR REPLACE VIEW huiyu.clinic_months
(
    clinic_id String COMMENT '应检日的责任机构 / clinic responsible on the due date',
    month Nullable(Date) COMMENT '应检月份（首日） / first day of the month in which the checkups are due',
    milestone LowCardinality(String) COMMENT '体检节点 / checkup milestone',
    due UInt64 COMMENT '应检人次（截至当前） / checkups due by now',
    done_on_time UInt64 COMMENT '按时完成 / done on time',
    done_late UInt64 COMMENT '逾期完成 / done late',
    missed UInt64 COMMENT '错过 / missed',
    open UInt64 COMMENT '待检（含逾期） / still to be done, overdue ones included'
)
AS SELECT
    clinic_id,
    toStartOfMonth(due_on) AS month,
    milestone,
    count() AS due,
    countIf(status = 'done') AS done_on_time,
    countIf(status = 'done-late') AS done_late,
    countIf(status = 'missed') AS missed,
    countIf(status IN ('open', 'overdue')) AS open
FROM huiyu_store.milestones FINAL
WHERE due_on <= (SELECT any(today) FROM huiyu_store.clock WHERE stage = 'timeline')
    AND status IN ('done', 'done-late', 'missed', 'open', 'overdue')
GROUP BY clinic_id, month, milestone
COMMENT '各机构每月应检与完成情况 / Checkups due and done: one row per clinic, month due and milestone';

CREATE OR REPLACE VIEW huiyu.county_overview
(
    centers UInt64 COMMENT '备案且未关停的托育机构数 / centres filed and not closed',
    inclusive_places UInt64 COMMENT '其普惠托位数 / their inclusive places',
    residents UInt64 COMMENT '常住人口 / residents',
    places_per_1000 Nullable(Float64) COMMENT '每千人口普惠托位数 / inclusive places per thousand residents',
    enrolled UInt64 COMMENT '今日在托儿童数 / children enrolled today, once per centre',
    contracted_centers_pct Nullable(Float64) COMMENT '签约率（%） / centres with a contract in force, per cent',
    certified_staff_pct Nullable(Float64) COMMENT '持证上岗率（%） / staff with a valid certificate, per cent',
    children UInt64 COMMENT '在管儿童数 / active registered children',
    checkups_due UInt64 COMMENT '应检人次 / checkups due by now',
    checkups_missed UInt64 COMMENT '错过人次 / checkups missed',
    active_alerts UInt64 COMMENT '未解决预警数 / alerts open or escalated',
    now Nullable(DateTime64(3, '${timezone}')) COMMENT '当前时间，未收到时钟前为空 / now of the pipeline, null before its first tick'
)
AS WITH
    (SELECT any(today) FROM huiyu_store.clock WHERE stage = 'timeline') AS today,
    (SELECT any(today) FROM huiyu_store.clock WHERE stage = 'centers') AS centers_today,
    (
        SELECT sum(residents) FROM huiyu_store.populations FINAL
        WHERE length(region) = (SELECT min(length(region)) FROM huiyu_store.populations FINAL)
    ) AS all_residents,
    (
        SELECT groupUniqArray(center_id) FROM huiyu_store.contracts FINAL
        WHERE from_date <= today AND ifNull(until >= today, true) AND ifNull(ended_on > today, true)
    ) AS contracted
SELECT
    count() AS centers,
    sum(ifNull(places_filed, 0)) AS inclusive_places,
    all_residents AS residents,
    if(all_residents > 0, inclusive_places * 1000 / all_residents, NULL) AS places_per_1000,
    (SELECT sum(enrolled) FROM huiyu_store.center_days FINAL WHERE date = centers_today) AS enrolled,
    if(centers > 0 AND today IS NOT NULL, countIf(has(contracted, center_id)) * 100 / centers, NULL)
        AS contracted_centers_pct,
    (
        SELECT if(count() > 0 AND today IS NOT NULL,
            countIf(certificate != '' AND ifNull(valid_until >= today, true)) * 100 / count(), NULL)
        FROM huiyu_store.staff FINAL WHERE ifNull(left_on > today, left_on IS NULL)
    ) AS certified_staff_pct,
    (SELECT count() FROM huiyu_store.children FINAL WHERE status = 'active') AS children,
    (SELECT sum(due) FROM huiyu.clinic_months) AS checkups_due,
    (SELECT sum(missed) FROM huiyu.clinic_months) AS checkups_missed,
    (SELECT count() FROM huiyu_store.alerts FINAL WHERE state IN ('open', 'escalated')) AS active_alerts,
    (SELECT any(now) FROM huiyu_store.clock WHERE stage = 'timeline') AS now
FROM
(
    SELECT center_id, inclusive_places AS places_filed FROM huiyu_store.centers FINAL
    WHERE ifNull(closed_on > today, closed_on IS NULL)
)
COMMENT '全县概览：仅一行 / The county at a glance: one row';

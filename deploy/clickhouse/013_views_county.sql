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

-- The latest visit of each child in each month at each place that could be judged by the standard, once for each standard.
CREATE OR REPLACE VIEW huiyu.growth_months
(
    place_kind LowCardinality(String) COMMENT '测量地点类型 / where it was measured: clinic (checkups) or center (measurements of a centre)',
    center_id String COMMENT '托育机构，无则为空 / childcare centre, empty for clinics',
    clinic_id String COMMENT '医疗卫生机构，无则为空 / clinic, empty for centres',
    month Nullable(Date) COMMENT '月份（首日） / first day of the month of the visits',
    band LowCardinality(String) COMMENT '月龄组（日历年龄） / calendar age in months: 0-5, 6-11, 12-23, 24-35, 36-47, 48-59, 60-83',
    standard LowCardinality(String) COMMENT '评价标准（两者不可混用） / standard, WHO 2006 or WS/T 423-2022: never to be added up',
    assessed UInt64 COMMENT '评价儿童数 / children of whom any of the three indicators could be judged',
    stunted UInt64 COMMENT '生长迟缓，年龄别身长（身高）低于 -2SD / length or height for age below -2SD, severe included',
    underweight UInt64 COMMENT '低体重（年龄别体重低于 -2SD） / weight for age below -2SD, severe included',
    wasted UInt64 COMMENT '消瘦，身长（身高）别体重低于 -2SD / weight for length or height below -2SD, severe included',
    overweight UInt64 COMMENT '超重及肥胖（WHO 高于 +2SD，中国标准达 +1SD） / weight for length or height above +2SD (WHO), from +1SD (WS/T); obese included',
    obese UInt64 COMMENT '肥胖（WHO 高于 +3SD，中国标准达 +2SD） / weight for length or height above +3SD (WHO), from +2SD (WS/T)'
)
AS WITH judged AS
(
    SELECT child_id, kind, center_id, clinic_id, occurred_at, source, record_id, local_date, age_days,
        'WHO 2006' AS standard,
        if(has(flags, 'waz-implausible'), NULL, waz) AS wfa,
        if(has(flags, 'haz-implausible'), NULL, haz) AS lhfa,
        if(has(flags, 'wlz-implausible'), NULL, wlz) AS wfl,
        wfl > 2 AS is_overweight, wfl > 3 AS is_obese
    FROM huiyu_store.timeline FINAL
    WHERE kind IN ('checkup.recorded', 'measurement.recorded')
    UNION ALL
    SELECT child_id, kind, center_id, clinic_id, occurred_at, source, record_id, local_date, age_days,
        'WS/T 423-2022' AS standard, wst_wfa AS wfa, wst_lhfa AS lhfa, wst_wfl AS wfl,
        wfl >= 1 AS is_overweight, wfl >= 2 AS is_obese
    FROM huiyu_store.timeline FINAL
    WHERE kind IN ('checkup.recorded', 'measurement.recorded')
),
latest AS
(
    SELECT *, if(kind = 'checkup.recorded', 'clinic', 'center') AS place_kind, toStartOfMonth(local_date) AS month,
        local_date - age_days AS born
    FROM judged
    WHERE wfa IS NOT NULL OR lhfa IS NOT NULL OR wfl IS NOT NULL
    ORDER BY occurred_at DESC, source DESC, record_id DESC
    LIMIT 1 BY child_id, kind, center_id, clinic_id, month, standard
)
SELECT
    place_kind, center_id, clinic_id, month,
    multiIf(
        local_date < addMonths(born, 6), '0-5',
        local_date < addMonths(born, 12), '6-11',
        local_date < addMonths(born, 24), '12-23',
        local_date < addMonths(born, 36), '24-35',
        local_date < addMonths(born, 48), '36-47',
        local_date < addMonths(born, 60), '48-59',
        '60-83') AS band,
    standard,
    count() AS assessed,
    countIf(lhfa < -2) AS stunted,
    countIf(wfa < -2) AS underweight,
    countIf(wfl < -2) AS wasted,
    countIf(is_overweight) AS overweight,
    countIf(is_obese) AS obese
FROM latest
GROUP BY place_kind, center_id, clinic_id, month, band, standard
COMMENT '各机构每月儿童生长评价，按标准分列 / Growth by month: one row per clinic or centre, month, age band and standard';

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

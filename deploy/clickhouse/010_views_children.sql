-- Views on children: exact without FINAL for who asks, since they say FINAL themselves.

CREATE OR REPLACE VIEW huiyu.timeline
(
    child_id String COMMENT '儿童编号（由登记标识计算） / child, derived from the subject it is registered under',
    subject String COMMENT '记录所用的匿名标识 / pseudonymous subject the record was sent under',
    occurred_at DateTime64(3, '${timezone}') COMMENT '发生时间 / when it happened',
    local_date Nullable(Date) COMMENT '当地日期（记录给出的日期优先） / local date: the one given in the record, else that of occurred_at',
    kind LowCardinality(String) COMMENT '记录类型 / kind of record, e.g. checkup.recorded',
    source String COMMENT '数据来源 / source that keeps the record',
    record_id String COMMENT '来源系统的记录编号 / the source''s own id of the record',
    revision UInt32 COMMENT '修订号 / revision that holds',
    age_days Nullable(Int32) COMMENT '当日日龄 / age in days on local_date',
    center_id String COMMENT '托育机构 / childcare centre, empty if none',
    class_id String COMMENT '班级 / class, empty if none',
    clinic_id String COMMENT '医疗卫生机构 / clinic, empty if none',
    data String COMMENT '记录内容，JSON 文本；早产儿另有按日历年龄的 uncorrected / the record''s data as JSON text, e.g. JSONExtractFloat(data, ''weight_kg''); of who was born early also uncorrected: z by calendar age',
    waz Nullable(Float64) COMMENT '年龄别体重 Z 评分（WHO 2006） / weight-for-age z-score (WHO 2006)',
    haz Nullable(Float64) COMMENT '年龄别身长（身高）Z 评分（WHO 2006） / length- or height-for-age z-score (WHO 2006)',
    wlz Nullable(Float64) COMMENT '身长（身高）别体重 Z 评分（WHO 2006） / weight-for-length or -height z-score (WHO 2006)',
    baz Nullable(Float64) COMMENT '年龄别体质指数 Z 评分（WHO 2006） / BMI-for-age z-score (WHO 2006)',
    hcz Nullable(Float64) COMMENT '年龄别头围 Z 评分（WHO 2006） / head-circumference-for-age z-score (WHO 2006)',
    wst_wfa Nullable(Int8) COMMENT '中国标准年龄别体重所达标准差线（-4 为低于 -3SD） / weight for age by WS/T 423-2022: SD line reached, -3 to 3, -4 below -3SD',
    wst_lhfa Nullable(Int8) COMMENT '中国标准年龄别身长（身高）所达标准差线 / length or height for age by WS/T 423-2022: SD line reached',
    wst_wfl Nullable(Int8) COMMENT '中国标准身长（身高）别体重所达标准差线 / weight for length or height by WS/T 423-2022: SD line reached',
    flags Array(String) COMMENT '数据质量提示 / data-quality notes',
    recorded_at DateTime64(3, '${timezone}') COMMENT '录入时间 / when it was typed in, else occurred_at',
    accepted_at DateTime64(3, '${timezone}') COMMENT '系统可见时间 / broker''s append time of what made the record visible',
    origin String COMMENT '原始消息位置 / where the event lies: topic/partition/offset',
    event_id String COMMENT '事件编号 / id of the event'
)
AS SELECT child_id, subject, occurred_at, local_date, kind, source, record_id, revision, age_days, center_id, class_id,
    clinic_id, data, waz, haz, wlz, baz, hcz, wst_wfa, wst_lhfa, wst_wfl, flags, recorded_at, accepted_at, origin, event_id
FROM huiyu_store.timeline FINAL
COMMENT '儿童健康与发展时间线：每条有效记录一行 / One timeline per child: one row per record that stands';

CREATE OR REPLACE VIEW huiyu.children
(
    child_id String COMMENT '儿童编号 / child',
    subject String COMMENT '登记所用的匿名标识 / subject of the registration that holds',
    registered_by String COMMENT '登记来源 / source that registered the child',
    registration_record String COMMENT '登记记录编号 / that source''s record id',
    sex LowCardinality(String) COMMENT '性别 / female, male or unknown',
    birth_date Nullable(Date) COMMENT '出生日期 / date of birth',
    clinic_id String COMMENT '责任医疗卫生机构 / responsible clinic',
    status LowCardinality(String) COMMENT '状态 / active or departed',
    center_id String COMMENT '在托机构 / centre the child is enrolled in, empty if none',
    class_id String COMMENT '班级 / class',
    band LowCardinality(String) COMMENT '托班类型 / nursing, toddler, senior or mixed',
    service LowCardinality(String) COMMENT '服务形式 / full-day, half-day, hourly or temporary',
    enrolled_from Nullable(Date) COMMENT '入托日期 / enrolled from',
    last_checkup_on Nullable(Date) COMMENT '最近一次体检日期 / date of the latest checkup',
    next_milestone LowCardinality(String) COMMENT '下一个体检节点 / next checkup milestone, empty if none',
    next_due_on Nullable(Date) COMMENT '下一次体检应检日期 / when it is due',
    open_alerts UInt32 COMMENT '未解决预警数 / active alerts (open and escalated)',
    registered_on Nullable(Date) COMMENT '首次登记日期 / local date of the earliest registration',
    departed_on Nullable(Date) COMMENT '迁出或死亡日期 / date of departure',
    departure_reason LowCardinality(String) COMMENT '离开原因 / moved, died or other',
    gestational_weeks Nullable(UInt8) COMMENT '出生孕周 / gestational age at birth in weeks',
    birth_weight_g Nullable(UInt16) COMMENT '出生体重（克） / birth weight in grams',
    community String COMMENT '社区或村 / community'
)
AS SELECT child_id, subject, registered_by, registration_record, sex, birth_date, clinic_id, status, center_id, class_id,
    band, service, enrolled_from, last_checkup_on, next_milestone, next_due_on, active AS open_alerts, registered_on,
    departed_on, departure_reason, gestational_weeks, birth_weight_g, community
FROM huiyu_store.children FINAL
LEFT JOIN
(
    SELECT child_id, toUInt32(count()) AS active
    FROM huiyu_store.alerts FINAL
    WHERE state != 'resolved' AND child_id != ''
    GROUP BY child_id
) AS alerted USING (child_id)
COMMENT '已登记儿童：每人一行 / One row per registered child';

CREATE OR REPLACE VIEW huiyu.checkup_milestones
(
    child_id String COMMENT '儿童编号 / child',
    clinic_id String COMMENT '应检日的责任机构 / clinic responsible on the due date',
    milestone LowCardinality(String) COMMENT '体检节点 / home, m1, m3 … m36, y4, y5, y6',
    opens_on Nullable(Date) COMMENT '开始日期 / first day on which the checkup counts',
    due_on Nullable(Date) COMMENT '应检日期 / due date',
    overdue_on Nullable(Date) COMMENT '逾期日期 / first day on which it is late',
    missed_on Nullable(Date) COMMENT '错过日期 / first day on which it is missed',
    status LowCardinality(String) COMMENT
        '状态 / done, done-late, upcoming, open, overdue, missed, excused or not-applicable',
    done_on Nullable(Date) COMMENT '完成日期 / date of the checkup that did it'
)
AS SELECT child_id, clinic_id, milestone, opens_on, due_on, overdue_on, missed_on, status, done_on
FROM huiyu_store.milestones FINAL
COMMENT '国家规定的体检节点：每名儿童每个节点一行 / National checkup schedule: one row per child and milestone';

-- What was known at a moment: of each record the newest version that had been appended by then.
CREATE OR REPLACE VIEW huiyu.timeline_as_of
(
    child_id String COMMENT '儿童编号 / child',
    subject String COMMENT '记录所用的匿名标识 / subject the record was sent under',
    occurred_at DateTime64(3, '${timezone}') COMMENT '发生时间 / when it happened',
    local_date Nullable(Date) COMMENT '当地日期 / local date',
    kind LowCardinality(String) COMMENT '记录类型 / kind of record',
    source String COMMENT '数据来源 / source',
    record_id String COMMENT '来源系统的记录编号 / the source''s own id of the record',
    revision UInt32 COMMENT '当时的修订号 / revision that held then',
    age_days Nullable(Int32) COMMENT '当日日龄 / age in days on local_date',
    center_id String COMMENT '托育机构 / childcare centre',
    class_id String COMMENT '班级 / class',
    clinic_id String COMMENT '医疗卫生机构 / clinic',
    data String COMMENT '记录内容，JSON 文本 / the record''s data as JSON text',
    waz Nullable(Float64) COMMENT '年龄别体重 Z 评分（WHO 2006） / weight-for-age z-score (WHO 2006)',
    haz Nullable(Float64) COMMENT '年龄别身长（身高）Z 评分（WHO 2006） / length- or height-for-age z-score (WHO 2006)',
    wlz Nullable(Float64) COMMENT '身长（身高）别体重 Z 评分（WHO 2006） / weight-for-length or -height z-score (WHO 2006)',
    baz Nullable(Float64) COMMENT '年龄别体质指数 Z 评分（WHO 2006） / BMI-for-age z-score (WHO 2006)',
    hcz Nullable(Float64) COMMENT '年龄别头围 Z 评分（WHO 2006） / head-circumference-for-age z-score (WHO 2006)',
    wst_wfa Nullable(Int8) COMMENT '中国标准年龄别体重所达标准差线（-4 为低于 -3SD） / weight for age by WS/T 423-2022: SD line reached, -3 to 3, -4 below -3SD',
    wst_lhfa Nullable(Int8) COMMENT '中国标准年龄别身长（身高）所达标准差线 / length or height for age by WS/T 423-2022: SD line reached',
    wst_wfl Nullable(Int8) COMMENT '中国标准身长（身高）别体重所达标准差线 / weight for length or height by WS/T 423-2022: SD line reached',
    flags Array(String) COMMENT '数据质量提示 / data-quality notes',
    recorded_at DateTime64(3, '${timezone}') COMMENT '录入时间 / when it was typed in',
    accepted_at DateTime64(3, '${timezone}') COMMENT '系统可见时间 / append time of what made it visible',
    known_at DateTime64(3, '${timezone}') COMMENT '系统得知此版本的时间 / when this version became known'
)
AS SELECT child_id, subject, occurred_at, local_date, kind, source, record_id, revision, age_days, center_id, class_id,
    clinic_id, data, waz, haz, wlz, baz, hcz, wst_wfa, wst_lhfa, wst_wfl, flags, recorded_at, accepted_at, known_at
FROM
(
    SELECT *
    FROM huiyu_store.timeline_log
    WHERE known_at <= parseDateTime64BestEffort({as_of:String}, 3, '${timezone}')
    ORDER BY child_id, kind, source, record_id, version DESC
    LIMIT 1 BY child_id, kind, source, record_id
)
WHERE is_deleted = 0
COMMENT
    '某一时刻所知的时间线：timeline_as_of(as_of = ''2026-03-02T12:00:00+08:00'')；as_of 为文本，宜带时差 / The timeline as known at a moment; as_of is text, best with an offset';

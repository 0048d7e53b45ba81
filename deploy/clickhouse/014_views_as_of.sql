-- What was known at a moment: of each row the newest version whose message had been appended by then (known_at).

CREATE OR REPLACE VIEW huiyu.children_as_of
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
    community String COMMENT '社区或村 / community',
    known_at DateTime64(3, '${timezone}') COMMENT '系统得知此版本的时间 / when this version became known'
)
AS SELECT child_id, subject, registered_by, registration_record, sex, birth_date, clinic_id, status, center_id,
    class_id, band, service, enrolled_from, last_checkup_on, next_milestone, next_due_on, active AS open_alerts,
    registered_on, departed_on, departure_reason, gestational_weeks, birth_weight_g, community, known_at
FROM
(
    SELECT *
    FROM huiyu_store.children_log
    WHERE known_at <= parseDateTime64BestEffort({as_of:String}, 3, '${timezone}')
    ORDER BY child_id, version DESC
    LIMIT 1 BY child_id
) AS child
LEFT JOIN
(
    SELECT child_id, toUInt32(count()) AS active
    FROM
    (
        SELECT alert_id, child_id, state, is_deleted
        FROM huiyu_store.alerts_log
        WHERE known_at <= parseDateTime64BestEffort({as_of:String}, 3, '${timezone}')
        ORDER BY alert_id, version DESC
        LIMIT 1 BY alert_id
    )
    WHERE is_deleted = 0 AND state != 'resolved' AND child_id != ''
    GROUP BY child_id
) AS alerted USING (child_id)
WHERE child.is_deleted = 0
COMMENT
    '某一时刻所知的已登记儿童：children_as_of(as_of = ''2026-03-02T12:00:00+08:00'')；as_of 为文本，宜带时差 / Registered children as known at a moment; as_of is text, best with an offset';

CREATE OR REPLACE VIEW huiyu.checkup_milestones_as_of
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
    done_on Nullable(Date) COMMENT '完成日期 / date of the checkup that did it',
    known_at DateTime64(3, '${timezone}') COMMENT '系统得知此版本的时间 / when this version became known'
)
AS SELECT child_id, clinic_id, milestone, opens_on, due_on, overdue_on, missed_on, status, done_on, known_at
FROM
(
    SELECT *
    FROM huiyu_store.milestones_log
    WHERE known_at <= parseDateTime64BestEffort({as_of:String}, 3, '${timezone}')
    ORDER BY child_id, milestone, version DESC
    LIMIT 1 BY child_id, milestone
)
WHERE is_deleted = 0
COMMENT
    '某一时刻所知的体检节点：checkup_milestones_as_of(as_of = ''2026-03-02T12:00:00+08:00'')；as_of 为文本，宜带时差 / The checkup schedule as known at a moment; as_of is text, best with an offset';

CREATE OR REPLACE VIEW huiyu.alerts_as_of
(
    alert_id String COMMENT '预警编号 / alert: one and the same for one condition, for ever',
    rule LowCardinality(String) COMMENT '规则 / rule, e.g. checkup-overdue',
    rule_version UInt32 COMMENT '规则版本 / version of the rule',
    severity LowCardinality(String) COMMENT '严重程度 / severity',
    child_id String COMMENT '儿童编号 / child, empty if it is about no child',
    center_id String COMMENT '托育机构 / childcare centre, empty if none',
    clinic_id String COMMENT '医疗卫生机构 / clinic, empty if none',
    milestone LowCardinality(String) COMMENT '体检节点 / checkup milestone, empty if none',
    state LowCardinality(String) COMMENT '状态 / open, escalated or resolved',
    resolution LowCardinality(String) COMMENT
        '解决方式 / done, done-late, caught-up, superseded, departed, corrected or expired; empty while active',
    due_on Nullable(Date) COMMENT '应检日期 / due date of what is missing',
    raised_at DateTime64(3, '${timezone}') COMMENT '首次发出时间 / now of the pipeline when first raised',
    changed_at DateTime64(3, '${timezone}') COMMENT '最近变化时间 / now of the pipeline at the latest transition',
    acknowledged_at Nullable(DateTime64(3, '${timezone}')) COMMENT '处理时间 / when a person dealt with it; empty when nobody did or it was reopened, and once it is resolved',
    acknowledged_by String COMMENT '处理人 / who did',
    acknowledged_until Nullable(Date) COMMENT '推迟至 / until when',
    acknowledged_reason LowCardinality(String) COMMENT '处理原因 / why',
    acknowledged_action LowCardinality(String) COMMENT '处理方式 / what was done: acknowledged, snoozed, done-elsewhere or wrong',
    quiet UInt8 COMMENT '当时是否静默 / 1 while it was snoozed: until its date, or until it escalated',
    detail String COMMENT '依据，JSON 文本（含登记来源与记录编号） / what it was decided on, as JSON text, with the registering source''s record',
    known_at DateTime64(3, '${timezone}') COMMENT '系统得知此版本的时间 / when this version became known'
)
AS WITH toDate(parseDateTime64BestEffort({as_of:String}, 3, '${timezone}')) AS today,
    k.action != '' AND state != 'resolved' AS has_action
SELECT s.alert_id, rule, rule_version, severity, child_id, center_id, clinic_id, milestone, state, resolution, due_on,
    raised_at, changed_at,
    has_action ? k.at : NULL AS acknowledged_at,
    has_action ? k.by : '' AS acknowledged_by,
    has_action ? k.until : NULL AS acknowledged_until,
    has_action ? k.reason : '' AS acknowledged_reason,
    has_action ? k.action : '' AS acknowledged_action,
    has_action AND k.action = 'snoozed' AND ifNull(k.until > today, 0) AND NOT k.is_louder AS quiet,
    detail, known_at
FROM (
    SELECT *
    FROM huiyu_store.alerts_log
    WHERE known_at <= parseDateTime64BestEffort({as_of:String}, 3, '${timezone}')
    ORDER BY alert_id, version DESC
    LIMIT 1 BY alert_id
) AS s
LEFT JOIN huiyu_store.acknowledged(as_of = {as_of:String}) AS k ON k.alert_id = s.alert_id
WHERE is_deleted = 0
COMMENT
    '某一时刻所知的预警：alerts_as_of(as_of = ''2026-03-02T12:00:00+08:00'')；as_of 为文本，宜带时差 / Alerts as known at a moment; as_of is text, best with an offset';

-- Without the places: they are the registry's, of which only the present is kept.
CREATE OR REPLACE VIEW huiyu.center_days_as_of
(
    center_id String COMMENT '托育机构 / childcare centre',
    date Nullable(Date) COMMENT '日期 / local date',
    enrolled UInt32 COMMENT '在托儿童数 / children enrolled',
    present UInt32 COMMENT '出勤儿童数 / children present',
    absent UInt32 COMMENT '缺勤儿童数 / children absent',
    absent_sick UInt32 COMMENT '其中病假 / of them sick',
    absent_unknown UInt32 COMMENT '其中原因不明 / of them for an unknown reason',
    checked UInt32 COMMENT '晨检儿童数 / children with a morning check',
    fever UInt32 COMMENT '发热儿童数 / children with fever (37.5 °C and more, or noted)',
    symptomatic UInt32 COMMENT '有症状儿童数 / children with any symptom',
    sent_home UInt32 COMMENT '劝返儿童数 / children sent home',
    known_at DateTime64(3, '${timezone}') COMMENT '系统得知此版本的时间 / when this version became known'
)
AS SELECT center_id, date, enrolled, present, absent, absent_sick, absent_unknown, checked, fever, symptomatic,
    sent_home, known_at
FROM
(
    SELECT *
    FROM huiyu_store.center_days_log
    WHERE known_at <= parseDateTime64BestEffort({as_of:String}, 3, '${timezone}')
    ORDER BY center_id, date, version DESC
    LIMIT 1 BY center_id, date
)
WHERE is_deleted = 0
COMMENT
    '某一时刻所知的托育机构日报（不含托位数）：center_days_as_of(as_of = ''2026-03-02T12:00:00+08:00'')；as_of 为文本，宜带时差 / Days of centres, without their places, as known at a moment; as_of is text, best with an offset';

-- Views on alerts and on what was refused or waits.

CREATE OR REPLACE VIEW huiyu.alerts
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
    quiet UInt8 COMMENT '是否静默 / 1 while it is snoozed: until its date, or until it escalates',
    detail String COMMENT '依据，JSON 文本（含登记来源与记录编号） / what it was decided on, as JSON text, with the registering source''s record'
)
AS WITH (SELECT any(today) FROM huiyu_store.clock WHERE stage = 'timeline') AS today,
    k.action != '' AND state != 'resolved' AS has_action
SELECT s.alert_id, rule, rule_version, severity, child_id, center_id, clinic_id, milestone, state, resolution, due_on,
    raised_at, changed_at,
    has_action ? k.at : NULL AS acknowledged_at,
    has_action ? k.by : '' AS acknowledged_by,
    has_action ? k.until : NULL AS acknowledged_until,
    has_action ? k.reason : '' AS acknowledged_reason,
    has_action ? k.action : '' AS acknowledged_action,
    has_action AND k.action = 'snoozed' AND ifNull(k.until > today, 0) AND NOT k.is_louder AS quiet,
    detail
FROM (SELECT * FROM huiyu_store.alerts FINAL) AS s
LEFT JOIN huiyu_store.acknowledged(as_of = '2299-01-01') AS k ON k.alert_id = s.alert_id
COMMENT '预警：每条预警一行 / One row per alert';

CREATE OR REPLACE VIEW huiyu.alert_history
(
    alert_id String COMMENT '预警编号 / alert',
    at DateTime64(3, '${timezone}') COMMENT '变化时间 / now of the pipeline at the transition',
    state LowCardinality(String) COMMENT '变化后的状态 / state it went to',
    resolution LowCardinality(String) COMMENT '解决方式 / resolution, empty while active',
    transition UInt64 COMMENT '变化次序 / order of the transitions of one alert'
)
AS SELECT alert_id, at, state, resolution, transition
FROM huiyu_store.alert_history FINAL
COMMENT '预警状态变化：每次变化一行 / One row per transition of an alert';

CREATE OR REPLACE VIEW huiyu.rejections
(
    topic LowCardinality(String) COMMENT '原主题 / topic the event was published to',
    partition UInt16 COMMENT '原分区 / its partition',
    offset UInt64 COMMENT '原位移 / its offset',
    source String COMMENT '数据来源（可读时） / source, where readable',
    type String COMMENT '事件类型（可读时） / type, where readable',
    subject String COMMENT '匿名标识（可读时，身份号码已遮盖） / subject, where readable, identifiers masked',
    code LowCardinality(String) COMMENT '拒绝代码 / code of the rejection',
    path String COMMENT '出错位置（JSON 指针） / JSON pointer of the problem that gave the code',
    detail String COMMENT '全部问题，JSON 文本 / every problem found, as JSON text: code, path, message, allowed',
    received_at DateTime64(3, '${timezone}') COMMENT '接收时间 / broker''s append time of the event',
    sha256 String COMMENT '原始内容的 SHA-256 / SHA-256 of the original bytes',
    size UInt64 COMMENT '原始字节数 / size of the original in bytes'
)
AS SELECT topic, partition, offset, source, type, subject, code, path, detail, received_at, sha256, size
FROM huiyu_store.rejections FINAL
COMMENT '被拒绝的事件：每个事件一行 / One row per rejected event';

CREATE OR REPLACE VIEW huiyu.unlinked_subjects
(
    subject String COMMENT '匿名标识 / subject that is not registered',
    source String COMMENT '数据来源 / source of the records',
    records UInt64 COMMENT '等待的记录数 / records that wait for a registration, a link or a registered source',
    first_at DateTime64(3, '${timezone}') COMMENT '最早接收时间 / append time of the first of them',
    last_at DateTime64(3, '${timezone}') COMMENT '最近接收时间 / append time of the last of them'
)
AS SELECT subject, source, total AS records, first AS first_at, last AS last_at
FROM
(
    SELECT subject, source, sum(records) AS total, min(first_at) AS first, max(last_at) AS last
    FROM huiyu_store.unlinked FINAL
    GROUP BY subject, source
)
WHERE total > 0
COMMENT '尚未关联到儿童的记录：每个标识与来源一行 / Subjects whose records wait: one row per subject and source';

CREATE OR REPLACE VIEW huiyu.sources
(
    source String COMMENT '数据来源 / source: clinic:ID, center:ID or registry:ID',
    side LowCardinality(String) COMMENT '来源类别 / clinic, center or registry',
    cadence LowCardinality(String) COMMENT '上报频率 / working-days, weekly or irregular; empty if not registered',
    heard_until Nullable(DateTime64(3, '${timezone}')) COMMENT '数据已到达的时间 / until when it has been heard',
    state LowCardinality(String) COMMENT
        '状态 / heard, silent (too long for its cadence), registered (nothing heard yet) or unregistered (its events wait)',
    registered_at Nullable(DateTime64(3, '${timezone}')) COMMENT '登记时间 / time of its registration',
    silent_since Nullable(DateTime64(3, '${timezone}')) COMMENT
        '数据中断预警时间 / since when there is an alert about its silence, null while there is none',
    confirmed_until Nullable(Date) COMMENT
        '视为报全的日期，之后的情况不作漏检判断 / up to which day it counts as having sent everything: nobody is alarmed about what it would have reported later; null while nothing is confirmed'
)
AS WITH
    (SELECT any(today) FROM huiyu_store.clock WHERE stage = 'timeline') AS today,
    max(given_side) AS registered_side,
    startsWith(source, 'registry:') AS is_registry,
    registered_side != '' OR is_registry AS known
SELECT
    source,
    splitByChar(':', source)[1] AS side,
    registered_side = '' AND is_registry ? 'irregular' : max(given_cadence) AS cadence,
    max(heard) AS heard_until,
    multiIf(NOT known, 'unregistered', silent_since IS NOT NULL, 'silent', heard_until IS NULL, 'registered', 'heard') AS state,
    max(given_at) AS registered_at,
    max(silent) AS silent_since,
    least(today, multiIf(
        NOT known, NULL, cadence = 'irregular', today, cadence = 'working-days', toDate(heard_until, '${timezone}') - 3,
        cadence = 'weekly', toDate(heard_until, '${timezone}') - 10, NULL)) AS confirmed_until
FROM
(
    SELECT source, side::String AS given_side, cadence::String AS given_cadence, registered_at AS given_at,
        CAST(NULL, 'Nullable(DateTime64(3, \'${timezone}\'))') AS heard,
        CAST(NULL, 'Nullable(DateTime64(3, \'${timezone}\'))') AS silent
    FROM huiyu_store.sources FINAL
    UNION ALL
    SELECT source, '', '', NULL, heard_until, NULL FROM huiyu_store.source_heard FINAL
    UNION ALL
    SELECT clinic_id != '' ? concat('clinic:', clinic_id) : concat('center:', center_id), '', '', NULL, NULL, changed_at
    FROM huiyu_store.alerts FINAL WHERE rule = 'source-silent' AND state != 'resolved'
)
GROUP BY source
COMMENT '数据来源：每个来源一行 / One row per source, registered or heard';

-- Whom a health worker is to call about a checkup.

CREATE OR REPLACE VIEW huiyu.due_soon
(
    child_id String COMMENT '儿童编号 / child',
    subject String COMMENT '登记所用的匿名标识 / subject of the registration that holds',
    registered_by String COMMENT '登记来源 / source that registered the child',
    registration_record String COMMENT '登记记录编号，姓名由该来源的系统显示 / that source''s record id, by which its own system shows the name',
    clinic_id String COMMENT '责任医疗卫生机构 / clinic responsible now',
    center_id String COMMENT '在托机构 / centre the child is enrolled in, empty if none',
    milestone LowCardinality(String) COMMENT '体检节点 / checkup milestone',
    due_on Nullable(Date) COMMENT '应检日期 / due date',
    overdue_on Nullable(Date) COMMENT '逾期日期 / first day on which it is late',
    missed_on Nullable(Date) COMMENT '错过日期 / first day on which it is missed',
    status LowCardinality(String) COMMENT '状态 / upcoming, open, overdue or missed',
    days_late Nullable(Int32) COMMENT '已过应检日天数，负数为还有几天 / days since the due date, negative before it',
    alert_id String COMMENT '体检预警编号 / active alert about this checkup, empty if there is none',
    alert_state LowCardinality(String) COMMENT '预警状态 / open or escalated, empty without an alert',
    acknowledged_by String COMMENT '处理人 / who acknowledged the alert',
    acknowledged_until Nullable(Date) COMMENT '推迟至 / until when',
    quiet UInt8 COMMENT '是否静默 / 1 while the alert is snoozed',
    last_checkup_on Nullable(Date) COMMENT '最近一次体检日期 / date of the latest checkup',
    last_contact_on Nullable(Date) COMMENT '最近一次到诊日期（体检或接种） / when a clinic last saw the child, for a checkup or a vaccination'
)
AS WITH (SELECT any(today) FROM huiyu_store.clock WHERE stage = 'timeline') AS today
SELECT m.child_id AS child_id, c.subject, c.registered_by, c.registration_record, c.clinic_id AS clinic_id, c.center_id,
    m.milestone AS milestone, m.due_on AS due_on, m.overdue_on, m.missed_on, m.status AS status,
    toInt32(today - m.due_on) AS days_late, a.alert_id AS alert_id, a.state AS alert_state, a.acknowledged_by,
    a.acknowledged_until, a.quiet, c.last_checkup_on,
    nullIf(greatest(ifNull(c.last_checkup_on, toDate(0)), v.last_on), toDate(0)) AS last_contact_on
FROM
(
    SELECT child_id, milestone, due_on, overdue_on, missed_on, status
    FROM huiyu_store.milestones FINAL
    WHERE status IN ('upcoming', 'open', 'overdue', 'missed')
) AS m
INNER JOIN
(
    SELECT child_id, subject, registered_by, registration_record, clinic_id, center_id, last_checkup_on
    FROM huiyu_store.children FINAL
    WHERE status = 'active'
) AS c ON c.child_id = m.child_id
LEFT JOIN
(
    SELECT alert_id, child_id, milestone, state, acknowledged_by, acknowledged_until, quiet
    FROM huiyu.alerts
    WHERE rule = 'checkup-overdue' AND state != 'resolved'
) AS a ON a.child_id = m.child_id AND a.milestone = m.milestone
LEFT JOIN
(
    SELECT child_id, max(ifNull(done_on, toDate(0))) AS last_on
    FROM huiyu_store.vaccination_status FINAL
    GROUP BY child_id
) AS v ON v.child_id = m.child_id
WHERE a.alert_id != '' OR (m.status IN ('upcoming', 'open') AND m.due_on <= today + 14)
COMMENT '该联系的儿童：14 天内应检、已到期未逾期，以及有体检预警的节点；不含已离开和死亡儿童 / Whom to call: checkups due within 14 days or due and not late yet, and those with an active alert; never a child that departed or died';

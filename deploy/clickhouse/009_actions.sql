-- What people did about alerts: one row per record of the topic alert-actions, named by its place there, so that a replay
-- writes the same rows. known_at is when the broker appended it.

CREATE TABLE IF NOT EXISTS huiyu_store.alert_actions
(
    alert_id String,
    partition UInt16,
    offset UInt64,
    action LowCardinality(String),
    at DateTime64(3, '${timezone}'),
    by String,
    until Nullable(Date),
    date Nullable(Date),
    reason String,
    id String,
    version UInt64,
    is_deleted UInt8,
    known_at DateTime64(3, '${timezone}')
)
ENGINE = ${replacing}(version, is_deleted)
ORDER BY (alert_id, partition, offset)
COMMENT '预警处理记录 / what people did about alerts';

CREATE OR REPLACE VIEW huiyu.alert_actions
(
    alert_id String COMMENT '预警编号 / alert',
    action LowCardinality(String) COMMENT '处理 / acknowledged, snoozed, done-elsewhere, wrong or reopened',
    at DateTime64(3, '${timezone}') COMMENT '处理时间 / when, as its sender says',
    by String COMMENT '处理人 / who',
    until Nullable(Date) COMMENT '推迟至 / quiet until this day',
    date Nullable(Date) COMMENT '别处完成日期 / day on which it was done elsewhere',
    reason String COMMENT '原因 / why',
    id String COMMENT '发送方的处理编号 / the sender''s own id',
    known_at DateTime64(3, '${timezone}') COMMENT '系统收到时间 / when the broker received it'
)
AS SELECT alert_id, action, at, by, until, date, reason, id, known_at
FROM huiyu_store.alert_actions FINAL
COMMENT '预警处理历史：每次处理一行，同一时间的两次都保留 / Every action of people about alerts, also what another one overtook';

-- Of each alert's actions the one that counts: the latest by its own time, whatever the order in which they came; of two
-- at one time the one with the greater id, then with the greater texts. What was done before a resolution became known
-- ends with it. is_louder: the alert escalated since.
CREATE OR REPLACE VIEW huiyu_store.acknowledged
AS SELECT alert_id, last.1 AS action, last.2 AS at, last.3 AS by, last.4 AS until, last.5 AS reason,
    escalated_at > last.6 AS is_louder
FROM
(
    SELECT alert_id, any(t.escalated_at) AS escalated_at,
        argMax((action, at, by, until, reason, known_at), (at, id, action, by, ifNull(until, toDate(0)), reason)) AS last
    FROM
    (
        SELECT alert_id, toString(action) AS action, at, by, until, reason, id, known_at
        FROM huiyu_store.alert_actions FINAL
        WHERE known_at <= parseDateTime64BestEffort({as_of:String}, 3, '${timezone}')
    ) AS a
    LEFT JOIN
    (
        SELECT alert_id, maxIf(known_at, state = 'resolved') AS resolved_at,
            maxIf(known_at, state = 'escalated') AS escalated_at
        FROM huiyu_store.alert_history FINAL
        WHERE known_at <= parseDateTime64BestEffort({as_of:String}, 3, '${timezone}') AND alert_id IN (SELECT alert_id FROM huiyu_store.alert_actions)
        GROUP BY alert_id
    ) AS t USING (alert_id)
    WHERE a.known_at > t.resolved_at
    GROUP BY alert_id
)
WHERE action != 'reopened';

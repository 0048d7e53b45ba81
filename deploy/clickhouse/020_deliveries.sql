-- What was decided and tried to deliver alerts. Written by notify through its log.

CREATE TABLE IF NOT EXISTS huiyu_store.deliveries
(
    alert_id String,
    key String,
    attempt UInt32,
    result LowCardinality(String),
    subscription LowCardinality(String),
    channel LowCardinality(String),
    reason LowCardinality(String),
    at DateTime64(3, '${timezone}'),
    due_at DateTime64(3, '${timezone}'),
    version UInt64,
    is_deleted UInt8,
    known_at DateTime64(3, '${timezone}')
)
ENGINE = ${replacing}(version, is_deleted)
ORDER BY (alert_id, key, attempt, result)
COMMENT '预警送达 / deliveries of alerts';

CREATE OR REPLACE VIEW huiyu.deliveries
(
    alert_id String COMMENT '预警编号 / alert',
    key String COMMENT '去重键：预警、变化与订阅，恒定不变 / alert, transition and subscription: the same for ever; a receiver sees by it what came twice',
    subscription LowCardinality(String) COMMENT '订阅 / subscription',
    channel LowCardinality(String) COMMENT '渠道 / webhook or apprise',
    attempt UInt32 COMMENT '第几次尝试，计划时为 0 / which attempt, 0 when planned',
    result LowCardinality(String) COMMENT
        '结果 / planned, sent, failed (is tried again), withdrawn (over before it was sent), dead (given up after a day) or over (what was told holds no longer)',
    reason LowCardinality(String) COMMENT '原因 / why it failed or was withdrawn',
    at DateTime64(3, '${timezone}') COMMENT '时间 / when',
    due_at DateTime64(3, '${timezone}') COMMENT '应发时间 / when it was first to be sent'
)
AS SELECT alert_id, key, subscription, channel, attempt, result, reason, at, due_at
FROM huiyu_store.deliveries FINAL
COMMENT '预警送达记录：每次决定与每次尝试一行 / One row per decision and per attempt to deliver an alert';

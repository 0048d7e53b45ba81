-- Alerts and their transitions. Written by the stages that raise them; acknowledged_* by what people answer.

CREATE TABLE IF NOT EXISTS huiyu_store.alerts
(
    alert_id String,
    rule LowCardinality(String),
    rule_version UInt32,
    severity LowCardinality(String),
    child_id String,
    center_id String,
    clinic_id String,
    milestone LowCardinality(String),
    state LowCardinality(String),
    resolution LowCardinality(String),
    due_on Nullable(Date),
    raised_at DateTime64(3, '${timezone}'),
    changed_at DateTime64(3, '${timezone}'),
    acknowledged_at Nullable(DateTime64(3, '${timezone}')),
    acknowledged_by String,
    acknowledged_until Nullable(Date),
    acknowledged_reason LowCardinality(String),
    detail String CODEC(ZSTD(1)),
    version UInt64,
    is_deleted UInt8,
    known_at DateTime64(3, '${timezone}')
)
ENGINE = ${replacing}(version, is_deleted)
ORDER BY alert_id
COMMENT '预警 / alerts';

CREATE TABLE IF NOT EXISTS huiyu_store.alerts_log AS huiyu_store.alerts
ENGINE = ${replacing}
ORDER BY (alert_id, version)
COMMENT '预警的全部版本 / every version of alerts';

-- A transition has its version in its key: an alert may resolve and open again at one and the same *now*.
CREATE TABLE IF NOT EXISTS huiyu_store.alert_history
(
    alert_id String,
    transition UInt64,
    at DateTime64(3, '${timezone}'),
    state LowCardinality(String),
    resolution LowCardinality(String),
    version UInt64,
    is_deleted UInt8,
    known_at DateTime64(3, '${timezone}')
)
ENGINE = ${replacing}(version, is_deleted)
ORDER BY (alert_id, transition)
COMMENT '预警状态变化 / transitions of alerts';

-- Children: their records, their present state, their checkup milestones. Written by the timeline stage.

CREATE TABLE IF NOT EXISTS huiyu_store.timeline
(
    child_id String,
    kind LowCardinality(String),
    source String,
    record_id String,
    subject String,
    occurred_at DateTime64(3, '${timezone}'),
    local_date Nullable(Date),
    revision UInt32,
    age_days Nullable(Int32),
    center_id String,
    class_id String,
    clinic_id String,
    data String CODEC(ZSTD(1)),
    waz Nullable(Float64),
    haz Nullable(Float64),
    wlz Nullable(Float64),
    baz Nullable(Float64),
    hcz Nullable(Float64),
    flags Array(LowCardinality(String)),
    recorded_at DateTime64(3, '${timezone}'),
    accepted_at DateTime64(3, '${timezone}'),
    origin String,
    event_id String,
    version UInt64,
    is_deleted UInt8,
    known_at DateTime64(3, '${timezone}')
)
ENGINE = ${replacing}(version, is_deleted)
ORDER BY (child_id, kind, source, record_id)
COMMENT '儿童时间线 / records of children that stand';

CREATE TABLE IF NOT EXISTS huiyu_store.timeline_log AS huiyu_store.timeline
ENGINE = ${replacing}
ORDER BY (child_id, kind, source, record_id, version)
COMMENT '儿童时间线的全部版本 / every version of timeline';

CREATE TABLE IF NOT EXISTS huiyu_store.children
(
    child_id String,
    subject String,
    registered_by String,
    registration_record String,
    sex LowCardinality(String),
    birth_date Nullable(Date),
    clinic_id String,
    status LowCardinality(String),
    center_id String,
    class_id String,
    band LowCardinality(String),
    service LowCardinality(String),
    enrolled_from Nullable(Date),
    last_checkup_on Nullable(Date),
    next_milestone LowCardinality(String),
    next_due_on Nullable(Date),
    registered_on Nullable(Date),
    departed_on Nullable(Date),
    departure_reason LowCardinality(String),
    gestational_weeks Nullable(UInt8),
    birth_weight_g Nullable(UInt16),
    community String,
    version UInt64,
    is_deleted UInt8,
    known_at DateTime64(3, '${timezone}')
)
ENGINE = ${replacing}(version, is_deleted)
ORDER BY child_id
COMMENT '儿童 / registered children';

CREATE TABLE IF NOT EXISTS huiyu_store.children_log AS huiyu_store.children
ENGINE = ${replacing}
ORDER BY (child_id, version)
COMMENT '儿童的全部版本 / every version of children';

CREATE TABLE IF NOT EXISTS huiyu_store.milestones
(
    child_id String,
    milestone LowCardinality(String),
    clinic_id String,
    opens_on Nullable(Date),
    due_on Nullable(Date),
    overdue_on Nullable(Date),
    missed_on Nullable(Date),
    status LowCardinality(String),
    done_on Nullable(Date),
    version UInt64,
    is_deleted UInt8,
    known_at DateTime64(3, '${timezone}')
)
ENGINE = ${replacing}(version, is_deleted)
ORDER BY (child_id, milestone)
COMMENT '体检节点 / checkup milestones of children';

CREATE TABLE IF NOT EXISTS huiyu_store.milestones_log AS huiyu_store.milestones
ENGINE = ${replacing}
ORDER BY (child_id, milestone, version)
COMMENT '体检节点的全部版本 / every version of milestones';

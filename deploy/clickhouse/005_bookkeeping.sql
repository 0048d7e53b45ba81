-- How the data came: sources, what waits, what was refused, how far each stage is, and every accepted event in full.

CREATE TABLE IF NOT EXISTS huiyu_store.sources
(
    source String,
    side LowCardinality(String),
    cadence LowCardinality(String),
    registered_at Nullable(DateTime64(3, '${timezone}')),
    version UInt64,
    is_deleted UInt8,
    known_at DateTime64(3, '${timezone}')
)
ENGINE = ${replacing}(version, is_deleted)
ORDER BY source
COMMENT '数据来源 / registered sources';

-- Each partition of intake knows a part; the view takes the greatest.
CREATE TABLE IF NOT EXISTS huiyu_store.source_heard
(
    source String,
    partition UInt16,
    heard_until Nullable(DateTime64(3, '${timezone}')),
    version UInt64,
    is_deleted UInt8,
    known_at DateTime64(3, '${timezone}')
)
ENGINE = ${replacing}(version, is_deleted)
ORDER BY (source, partition)
COMMENT '来源数据到达时间 / until when a source was heard, by partition';

-- Each stage and partition knows a part; the view adds them up.
CREATE TABLE IF NOT EXISTS huiyu_store.unlinked
(
    subject String,
    source String,
    writer LowCardinality(String),
    partition UInt16,
    records UInt32,
    first_at DateTime64(3, '${timezone}'),
    last_at DateTime64(3, '${timezone}'),
    version UInt64,
    is_deleted UInt8,
    known_at DateTime64(3, '${timezone}')
)
ENGINE = ${replacing}(version, is_deleted)
ORDER BY (subject, source, writer, partition)
COMMENT '等待关联的记录 / records that wait for a registration or a link';

CREATE TABLE IF NOT EXISTS huiyu_store.watermarks
(
    stage LowCardinality(String),
    partition UInt16,
    now Nullable(DateTime64(3, '${timezone}')),
    version UInt64,
    is_deleted UInt8,
    known_at DateTime64(3, '${timezone}')
)
ENGINE = ${replacing}(version, is_deleted)
ORDER BY (stage, partition)
COMMENT '各阶段的当前时间 / now of every partition of a stage';

CREATE TABLE IF NOT EXISTS huiyu_store.rejections
(
    topic LowCardinality(String),
    partition UInt16,
    offset UInt64,
    source String,
    type String,
    subject String,
    code LowCardinality(String),
    path String,
    detail String CODEC(ZSTD(1)),
    received_at DateTime64(3, '${timezone}'),
    sha256 String,
    size UInt64,
    version UInt64,
    is_deleted UInt8,
    known_at DateTime64(3, '${timezone}')
)
ENGINE = ${replacing}(version, is_deleted)
ORDER BY (topic, partition, offset)
COMMENT '被拒绝的事件 / rejected events';

-- Accepted events as they were published, once for each place they went to (`via`: a centre's event goes to its centre
-- and to its child; one that moved with its subject from one child to another has a row for each; one that waits for its
-- source or its child has one while it does).
CREATE TABLE IF NOT EXISTS huiyu_store.events
(
    topic LowCardinality(String),
    partition UInt16,
    offset UInt64,
    via LowCardinality(String),
    child_id String,
    center_id String,
    appended_at DateTime64(3, '${timezone}'),
    visible_at DateTime64(3, '${timezone}'),
    raw String CODEC(ZSTD(3)),
    version UInt64,
    is_deleted UInt8,
    known_at DateTime64(3, '${timezone}')
)
ENGINE = ${replacing}(version, is_deleted)
ORDER BY (topic, partition, offset, via, child_id, center_id)
COMMENT '被接受的原始事件 / accepted events in full';

-- Reading *now*: null until every partition of the stage has reported it; then the earliest of them.
CREATE OR REPLACE VIEW huiyu_store.clock
(
    stage LowCardinality(String) COMMENT '阶段 / stage',
    now Nullable(DateTime64(3, '${timezone}')) COMMENT '当前时间 / now of the whole stage',
    today Nullable(Date) COMMENT '当前日期 / its local date'
)
AS SELECT stage, earliest AS now, toDate(earliest, '${timezone}') AS today
FROM
(
    SELECT stage, min(now) AS earliest, countIf(now IS NOT NULL) AS heard
    FROM huiyu_store.watermarks FINAL
    GROUP BY stage
)
WHERE heard >= ${partitions}
COMMENT '各阶段的当前时间 / now of every stage';

-- What became of the events of a source, for that source: ask with its name, WHERE source = 'clinic:chengguan'.

-- Accepted events by the place where they were published, each once: what they say, how far they went, and what of
-- their record is the strongest (the highest revision; at the same, a retraction). Filters on the source go down to the
-- table, which they would not through FINAL: so the newest version of a row is chosen here.
CREATE OR REPLACE VIEW huiyu_store.passed
AS SELECT *, max((revision, is_retraction)) OVER (PARTITION BY source, subject, kind, record_id) AS strongest
FROM
(
    SELECT
        source, topic, partition, offset, received_at, told_at, at_child, at_center, is_parked,
        said.id AS event_id,
        said.subject AS subject,
        said.type = 'record.retracted.v1' AS is_retraction,
        is_retraction ? said.data.kind : replaceRegexpOne(said.type, '[.]v1$$', '') AS kind,
        said.recordid = '' ? said.id : said.recordid AS record_id,
        greatest(said.revision, 1)::UInt32 AS revision
    FROM
    (
        SELECT
            source, topic, partition, offset, any(given) AS said, max(appended) AS received_at, max(known) AS told_at,
            max(via = 'child-events') AS at_child, max(center_id != '') AS at_center, max(via = 'parked') AS is_parked
        FROM
        (
            SELECT source, topic, partition, offset, via, child_id, center_id, any(appended_at) AS appended,
                any(JSONExtract(raw, 'Tuple(id String, subject String, type String, recordid String, revision UInt32, data Tuple(kind String))'))
                    AS given,
                max(known_at) AS known
            FROM huiyu_store.events
            GROUP BY source, topic, partition, offset, via, child_id, center_id
            HAVING argMax(is_deleted, version) = 0
        )
        GROUP BY source, topic, partition, offset
    )
    WHERE (topic, partition, offset) NOT IN (SELECT topic, partition, offset FROM huiyu_store.rejections FINAL)
);

CREATE OR REPLACE VIEW huiyu.receipts
(
    source String COMMENT '数据来源 / source that sent it',
    state LowCardinality(String) COMMENT
        '状态 / accepted (in the timeline, at its centre or in the registry), superseded (a stronger publication of the record holds), retracted, parked (see waits_for) or rejected (see code)',
    waits_for LowCardinality(String) COMMENT
        '等待的事项 / what a parked record waits for: source (registration of the source) or child (registration of the child, or a link); of an accepted one of a centre: child, its timeline waits; else empty',
    event_id String COMMENT '事件编号，可读时 / id of the event, where readable',
    record_id String COMMENT '来源系统的记录编号 / the source''s own id of the record',
    kind LowCardinality(String) COMMENT '记录类型 / kind of the record, of a retraction that of what it retracts',
    is_retraction UInt8 COMMENT '是否撤回 / 1 for a retraction',
    revision UInt32 COMMENT '修订号，可读时 / revision; 0 where it is not known',
    subject String COMMENT '发送时的匿名标识（身份号码已遮盖） / subject as sent, identifiers masked',
    code LowCardinality(String) COMMENT '拒绝代码 / code of the rejection',
    path String COMMENT '出错位置（JSON 指针） / JSON pointer of the problem that gave the code',
    detail String COMMENT '全部问题，JSON 文本 / every problem found, as JSON text: code, path, message, allowed',
    topic LowCardinality(String) COMMENT '主题 / topic the event was published to',
    partition UInt16 COMMENT '分区 / its partition',
    offset UInt64 COMMENT '位移 / its offset',
    received_at DateTime64(3, '${timezone}') COMMENT '接收时间 / broker''s append time',
    told_at DateTime64(3, '${timezone}') COMMENT '系统得知的时间 / when the store was told'
)
AS SELECT
    source, found AS state,
    multiIf(
        found = 'parked' AND NOT is_known, 'source',
        found = 'parked' OR (found = 'accepted' AND waits AND at_center), 'child',
        '') AS waits_for,
    event_id, record_id, kind, is_retraction, revision, subject, '' AS code, '' AS path, '' AS detail,
    topic, partition, offset, received_at, told_at
FROM
(
    SELECT
        source, event_id, record_id, kind, is_retraction, revision, subject, topic, partition, offset, received_at, told_at,
        at_center, waiting > 0 AS waits, startsWith(source, 'registry:') OR registered AS is_known,
        multiIf(
            (revision, is_retraction) < strongest, strongest.2 ? 'retracted' : 'superseded',
            is_parked AND NOT is_known, 'parked',
            is_retraction AND standing = revision, 'superseded',
            is_retraction, standing = 0 ? 'accepted' : '',
            NOT at_child AND NOT at_center AND NOT is_parked, 'accepted',
            standing = revision, standing_event = event_id ? 'accepted' : 'superseded',
            at_center, 'accepted',
            waits, 'parked',
            others > 0, 'superseded',
            '') AS found
    FROM huiyu_store.passed
    LEFT JOIN
    (
        SELECT source, kind, record_id, subject, max(revision) AS standing, argMax(event_id, revision) AS standing_event
        FROM huiyu_store.timeline FINAL GROUP BY source, kind, record_id, subject
    ) AS t USING (source, kind, record_id, subject)
    LEFT JOIN
    (
        SELECT source, kind, record_id, count() AS others FROM huiyu_store.timeline FINAL GROUP BY source, kind, record_id
    ) AS o USING (source, kind, record_id)
    LEFT JOIN
    (
        SELECT source, subject, sum(records) AS waiting FROM huiyu_store.unlinked FINAL GROUP BY source, subject
    ) AS u USING (source, subject)
    LEFT JOIN (SELECT source, 1 AS registered FROM huiyu_store.sources FINAL WHERE registered_at IS NOT NULL) AS s
        USING (source)
)
WHERE found != ''
UNION ALL
SELECT
    source, 'rejected', '', event_id, record_id, replaceRegexpOne(type, '[.]v1$$', ''), type = 'record.retracted.v1', 0,
    subject, code, path, detail, topic, partition, offset, received_at, known_at
FROM huiyu_store.rejections FINAL
COMMENT '各来源所发事件的结果：每个事件一行 / What became of the events of a source: one row per event';

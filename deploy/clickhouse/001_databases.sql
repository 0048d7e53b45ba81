-- The two databases: `huiyu` is what people query, `huiyu_store` holds the tables behind it.
--
-- These files are templates, applied in the order of their numbers by `huiyu store migrate`:
--   ${replacing}   the ReplacingMergeTree engine (a cluster puts ReplicatedReplacingMergeTree here)
--   ${timezone}    HUIYU_TIMEZONE, in which times are shown and days begin
--   ${partitions}  HUIYU_PARTITIONS: *now* is known once every partition has reported it
-- A file whose text changed is applied again, so every statement can be repeated without harm.
--
-- Three columns stand at the end of every table of rows:
--   version     offset of the record that caused the row; of two rows with one key the greater version holds
--   is_deleted  1: the row no longer stands (a tombstone)
--   known_at    when the broker appended the message that brought it
-- A table X_log keeps every version of X: what was known when.
--
-- No table is partitioned by date (a correction may move a row to another date, and rows only replace each other within
-- a partition), none has materialised views (they may be left short by a kill), and inserts carry no deduplication tokens.

CREATE DATABASE IF NOT EXISTS huiyu_store COMMENT '汇育：存储表 / huiyu: the tables behind the views';

CREATE DATABASE IF NOT EXISTS huiyu COMMENT '汇育：供查询的视图 / huiyu: views to query';

CREATE TABLE IF NOT EXISTS huiyu_store.migrations
(
    name String,
    checksum String,
    applied_at DateTime64(3, '${timezone}')
)
ENGINE = ${replacing}(applied_at)
ORDER BY name
COMMENT '已执行的建表脚本 / DDL files that were applied';

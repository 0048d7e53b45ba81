-- What a source is told of its own events (the view receipts): whose an accepted event is, and which one was refused.

ALTER TABLE huiyu_store.events
    ADD COLUMN IF NOT EXISTS source LowCardinality(String) MATERIALIZED JSONExtractString(raw, 'source') AFTER raw;

ALTER TABLE huiyu_store.rejections
    ADD COLUMN IF NOT EXISTS event_id String AFTER size,
    ADD COLUMN IF NOT EXISTS record_id String AFTER event_id;

-- Where a visit lies among the lines of WS/T 423-2022, beside WHO's z-scores: the view growth_months counts by both.

ALTER TABLE huiyu_store.timeline
    ADD COLUMN IF NOT EXISTS wst_wfa Nullable(Int8) AFTER hcz,
    ADD COLUMN IF NOT EXISTS wst_lhfa Nullable(Int8) AFTER wst_wfa,
    ADD COLUMN IF NOT EXISTS wst_wfl Nullable(Int8) AFTER wst_lhfa;

ALTER TABLE huiyu_store.timeline_log
    ADD COLUMN IF NOT EXISTS wst_wfa Nullable(Int8) AFTER hcz,
    ADD COLUMN IF NOT EXISTS wst_lhfa Nullable(Int8) AFTER wst_wfa,
    ADD COLUMN IF NOT EXISTS wst_wfl Nullable(Int8) AFTER wst_lhfa;

-- What the log and the clock are loaded into, row by row, and what the store answers, table by table.

CREATE TABLE log
(
    seq BIGINT,
    topic VARCHAR,
    "partition" INTEGER,
    "offset" BIGINT,
    appended_at BIGINT,  -- ms since 1970
    key BLOB,
    value BLOB
);

CREATE TABLE ticks (tick VARCHAR, topic VARCHAR, "partition" INTEGER, read_to BIGINT);

CREATE SCHEMA store;

CREATE TABLE store.events
(
    topic VARCHAR, "partition" INTEGER, "offset" BIGINT, via VARCHAR, child_id VARCHAR, center_id VARCHAR,
    appended_at BIGINT, content VARCHAR
);

CREATE TABLE store.rejections
(
    topic VARCHAR, "partition" INTEGER, "offset" BIGINT, source VARCHAR, type VARCHAR, subject VARCHAR, code VARCHAR,
    path VARCHAR, detail VARCHAR, received_at BIGINT, sha256 VARCHAR, size BIGINT
);

CREATE TABLE store.timeline
(
    child_id VARCHAR, kind VARCHAR, source VARCHAR, record_id VARCHAR, subject VARCHAR, occurred_at BIGINT,
    local_date DATE, revision BIGINT, age_days INTEGER, center_id VARCHAR, class_id VARCHAR, clinic_id VARCHAR,
    data VARCHAR, waz DOUBLE, haz DOUBLE, wlz DOUBLE, baz DOUBLE, hcz DOUBLE, wst_wfa INTEGER, wst_lhfa INTEGER,
    wst_wfl INTEGER, flags VARCHAR[], recorded_at BIGINT, accepted_at BIGINT, origin VARCHAR, event_id VARCHAR
);

CREATE TABLE store.children
(
    child_id VARCHAR, subject VARCHAR, registered_by VARCHAR, registration_record VARCHAR, sex VARCHAR, birth_date DATE,
    clinic_id VARCHAR, status VARCHAR, center_id VARCHAR, class_id VARCHAR, band VARCHAR, service VARCHAR,
    enrolled_from DATE, last_checkup_on DATE, next_milestone VARCHAR, next_due_on DATE, open_alerts BIGINT,
    registered_on DATE, departed_on DATE, departure_reason VARCHAR, gestational_weeks INTEGER, birth_weight_g INTEGER,
    community VARCHAR
);

CREATE TABLE store.checkup_milestones
(
    child_id VARCHAR, milestone VARCHAR, clinic_id VARCHAR, opens_on DATE, due_on DATE, overdue_on DATE, missed_on DATE,
    status VARCHAR, done_on DATE
);

CREATE TABLE store.due_soon
(
    child_id VARCHAR, milestone VARCHAR, clinic_id VARCHAR, status VARCHAR, alert_state VARCHAR, due_on DATE
);

CREATE TABLE store.vaccination_status
(
    child_id VARCHAR, dose VARCHAR, vaccine VARCHAR, dose_no INTEGER, clinic_id VARCHAR, status VARCHAR, earliest_on DATE,
    recommended_on DATE, overdue_on DATE, done_on DATE
);

CREATE TABLE store.alerts
(
    alert_id VARCHAR, rule VARCHAR, rule_version INTEGER, severity VARCHAR, child_id VARCHAR, center_id VARCHAR,
    clinic_id VARCHAR, milestone VARCHAR, state VARCHAR, resolution VARCHAR, due_on DATE, changed_at BIGINT
);

CREATE TABLE store.alert_history
(alert_id VARCHAR, changed_at BIGINT, state VARCHAR, resolution VARCHAR, transition BIGINT);

-- Of each row of a versioned table its key, and a hash of all that it says.
CREATE TABLE store.newest_versions (table_name VARCHAR, row_key VARCHAR, content VARCHAR);

CREATE TABLE store.current_versions (table_name VARCHAR, row_key VARCHAR, content VARCHAR);

CREATE TABLE store.center_days
(
    center_id VARCHAR, date DATE, enrolled BIGINT, present BIGINT, absent BIGINT, absent_sick BIGINT,
    absent_unknown BIGINT, checked BIGINT, fever BIGINT, symptomatic BIGINT, sent_home BIGINT, places BIGINT
);

CREATE TABLE store.unlinked_subjects
(subject VARCHAR, source VARCHAR, records BIGINT, first_at BIGINT, last_at BIGINT);

CREATE TABLE store.identity_issues
(subject VARCHAR, problem VARCHAR, child_id VARCHAR, records VARCHAR[], since BIGINT);

CREATE TABLE store.receipts
(
    source VARCHAR, state VARCHAR, waits_for VARCHAR, event_id VARCHAR, record_id VARCHAR, kind VARCHAR,
    is_retraction BOOLEAN, revision BIGINT, subject VARCHAR, code VARCHAR, topic VARCHAR,
    "partition" INTEGER, "offset" BIGINT
);

CREATE TABLE store.sources
(source VARCHAR, side VARCHAR, cadence VARCHAR, heard_until BIGINT, state VARCHAR, registered_at BIGINT);

CREATE TABLE store.centers
(
    center_id VARCHAR, name VARCHAR, kind VARCHAR, ownership VARCHAR, places BIGINT, inclusive_places BIGINT,
    lat DOUBLE, lon DOUBLE, community VARCHAR, filed_at BIGINT, closed_on DATE
);

CREATE TABLE store.clinics
(clinic_id VARCHAR, name VARCHAR, kind VARCHAR, lat DOUBLE, lon DOUBLE, listed_at BIGINT);

CREATE TABLE store.contracts
(
    contract_id VARCHAR, center_id VARCHAR, clinic_id VARCHAR, services VARCHAR[], from_date DATE, until DATE,
    ended_on DATE
);

CREATE TABLE store.staff
(
    staff_id VARCHAR, center_id VARCHAR, role VARCHAR, certificate VARCHAR, valid_until DATE, certified_at BIGINT,
    left_on DATE
);

CREATE TABLE store.trainings
(
    staff_id VARCHAR, source VARCHAR, record_id VARCHAR, center_id VARCHAR, course VARCHAR, hours DOUBLE, date DATE
);

CREATE TABLE store.guidance_visits
(
    center_id VARCHAR, source VARCHAR, record_id VARCHAR, clinic_id VARCHAR, topics VARCHAR[], date DATE,
    findings VARCHAR
);

CREATE TABLE store.calendars (year INTEGER, days_off DATE[], extra_workdays DATE[]);

CREATE TABLE store.populations (region VARCHAR, residents BIGINT, births BIGINT, under3 BIGINT, as_of DATE);

CREATE TABLE store.clinic_months
(
    clinic_id VARCHAR, month DATE, milestone VARCHAR, due BIGINT, done_on_time BIGINT, done_late BIGINT, missed BIGINT,
    open BIGINT
);

CREATE TABLE store.growth_months
(
    place_kind VARCHAR, center_id VARCHAR, clinic_id VARCHAR, month DATE, band VARCHAR, standard VARCHAR, assessed BIGINT,
    stunted BIGINT, underweight BIGINT, wasted BIGINT, overweight BIGINT, obese BIGINT
);

CREATE TABLE store.county_overview
(
    centers BIGINT, inclusive_places BIGINT, residents BIGINT, places_per_1000 DOUBLE, enrolled BIGINT,
    contracted_centers_pct DOUBLE, certified_staff_pct DOUBLE, children BIGINT, checkups_due BIGINT,
    checkups_missed BIGINT, active_alerts BIGINT, now BIGINT
);

-- Centres: their days, and the county's registry. Written by the centers stage.

CREATE TABLE IF NOT EXISTS huiyu_store.center_days
(
    center_id String,
    date Date,
    enrolled UInt32,
    present UInt32,
    absent UInt32,
    absent_sick UInt32,
    absent_unknown UInt32,
    checked UInt32,
    fever UInt32,
    symptomatic UInt32,
    sent_home UInt32,
    version UInt64,
    is_deleted UInt8,
    known_at DateTime64(3, '${timezone}')
)
ENGINE = ${replacing}(version, is_deleted)
ORDER BY (center_id, date)
COMMENT '托育机构日报 / days of childcare centres';

CREATE TABLE IF NOT EXISTS huiyu_store.center_days_log AS huiyu_store.center_days
ENGINE = ${replacing}
ORDER BY (center_id, date, version)
COMMENT '托育机构日报的全部版本 / every version of center_days';

CREATE TABLE IF NOT EXISTS huiyu_store.centers
(
    center_id String,
    name String,
    kind LowCardinality(String),
    ownership LowCardinality(String),
    places Nullable(UInt32),
    inclusive_places Nullable(UInt32),
    lat Nullable(Float64),
    lon Nullable(Float64),
    community String,
    filed_at DateTime64(3, '${timezone}'),
    closed_on Nullable(Date),
    version UInt64,
    is_deleted UInt8,
    known_at DateTime64(3, '${timezone}')
)
ENGINE = ${replacing}(version, is_deleted)
ORDER BY center_id
COMMENT '托育机构 / childcare centres';

CREATE TABLE IF NOT EXISTS huiyu_store.clinics
(
    clinic_id String,
    name String,
    kind LowCardinality(String),
    lat Nullable(Float64),
    lon Nullable(Float64),
    listed_at DateTime64(3, '${timezone}'),
    version UInt64,
    is_deleted UInt8,
    known_at DateTime64(3, '${timezone}')
)
ENGINE = ${replacing}(version, is_deleted)
ORDER BY clinic_id
COMMENT '医疗卫生机构 / clinics';

CREATE TABLE IF NOT EXISTS huiyu_store.contracts
(
    contract_id String,
    center_id String,
    clinic_id String,
    services Array(LowCardinality(String)),
    from_date Nullable(Date),
    until Nullable(Date),
    ended_on Nullable(Date),
    version UInt64,
    is_deleted UInt8,
    known_at DateTime64(3, '${timezone}')
)
ENGINE = ${replacing}(version, is_deleted)
ORDER BY contract_id
COMMENT '医育结合签约 / contracts between centres and clinics';

CREATE TABLE IF NOT EXISTS huiyu_store.staff
(
    staff_id String,
    center_id String,
    role LowCardinality(String),
    certificate String,
    valid_until Nullable(Date),
    certified_at DateTime64(3, '${timezone}'),
    left_on Nullable(Date),
    version UInt64,
    is_deleted UInt8,
    known_at DateTime64(3, '${timezone}')
)
ENGINE = ${replacing}(version, is_deleted)
ORDER BY staff_id
COMMENT '从业人员 / staff of centres';

CREATE TABLE IF NOT EXISTS huiyu_store.trainings
(
    staff_id String,
    source String,
    record_id String,
    center_id String,
    course String,
    hours Nullable(Float64),
    date Nullable(Date),
    version UInt64,
    is_deleted UInt8,
    known_at DateTime64(3, '${timezone}')
)
ENGINE = ${replacing}(version, is_deleted)
ORDER BY (staff_id, source, record_id)
COMMENT '培训 / trainings of staff';

CREATE TABLE IF NOT EXISTS huiyu_store.guidance_visits
(
    center_id String,
    source String,
    record_id String,
    clinic_id String,
    topics Array(String),
    date Nullable(Date),
    findings String,
    version UInt64,
    is_deleted UInt8,
    known_at DateTime64(3, '${timezone}')
)
ENGINE = ${replacing}(version, is_deleted)
ORDER BY (center_id, source, record_id)
COMMENT '入托指导 / guidance visits of clinics to centres';

CREATE TABLE IF NOT EXISTS huiyu_store.calendars
(
    year UInt16,
    days_off Array(Date),
    extra_workdays Array(Date),
    version UInt64,
    is_deleted UInt8,
    known_at DateTime64(3, '${timezone}')
)
ENGINE = ${replacing}(version, is_deleted)
ORDER BY year
COMMENT '节假日与调休 / holidays and extra working days';

CREATE TABLE IF NOT EXISTS huiyu_store.populations
(
    region String,
    residents UInt64,
    births Nullable(UInt32),
    under3 Nullable(UInt32),
    as_of Nullable(Date),
    version UInt64,
    is_deleted UInt8,
    known_at DateTime64(3, '${timezone}')
)
ENGINE = ${replacing}(version, is_deleted)
ORDER BY region
COMMENT '人口 / population of regions';

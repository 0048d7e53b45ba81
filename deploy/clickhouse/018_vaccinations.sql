-- The doses of the national immunisation schedule that each child is to get. Written by the timeline stage.

CREATE TABLE IF NOT EXISTS huiyu_store.vaccination_status
(
    child_id String,
    dose LowCardinality(String),
    vaccine LowCardinality(String),
    dose_no UInt8,
    clinic_id String,
    earliest_on Nullable(Date),
    recommended_on Nullable(Date),
    overdue_on Nullable(Date),
    done_on Nullable(Date),
    status LowCardinality(String),
    version UInt64,
    is_deleted UInt8,
    known_at DateTime64(3, '${timezone}')
)
ENGINE = ${replacing}(version, is_deleted)
ORDER BY (child_id, dose)
COMMENT '预防接种状态 / doses that children are to get';

CREATE TABLE IF NOT EXISTS huiyu_store.vaccination_status_log AS huiyu_store.vaccination_status
ENGINE = ${replacing}
ORDER BY (child_id, dose, version)
COMMENT '预防接种状态的全部版本 / every version of vaccination_status';

CREATE OR REPLACE VIEW huiyu.vaccination_status
(
    child_id String COMMENT '儿童编号 / child',
    dose LowCardinality(String) COMMENT '剂次代码 / dose of the schedule, e.g. DTaP-2',
    vaccine LowCardinality(String) COMMENT '疫苗代码 / code of the vaccine',
    dose_no UInt8 COMMENT '第几剂 / number of the dose in its series',
    earliest_on Nullable(Date) COMMENT '可接种日期：月龄与间隔均满足；前一剂未种则为空 / from when on it may be given, by age and interval; empty while the dose before it was not given',
    recommended_on Nullable(Date) COMMENT '推荐接种日期（起始月龄） / date of the schedule''s least age',
    overdue_on Nullable(Date) COMMENT '逾期日期 / first day on which it is overdue; empty while the dose before it was not given',
    done_on Nullable(Date) COMMENT '接种日期（或由后续剂次推知） / when it was given, or a later dose that implies it',
    status LowCardinality(String) COMMENT
        '状态 / done, overdue (by what the clinic has confirmed), due, upcoming, deferred, not-applicable (child departed or too old) or unknown-transition (began another schedule: not judged)',
    clinic_id String COMMENT '责任医疗卫生机构 / clinic responsible for the child'
)
AS SELECT child_id, dose, vaccine, dose_no, earliest_on, recommended_on, overdue_on, done_on, status, clinic_id
FROM huiyu_store.vaccination_status FINAL
COMMENT '国家免疫规划：每名儿童应种的每一剂次一行（可选疫苗只列所选的一种） / National immunisation schedule: one row per child and dose; of alternative vaccines only the one that was begun';

CREATE OR REPLACE VIEW huiyu.vaccination_status_as_of
(
    child_id String COMMENT '儿童编号 / child',
    dose LowCardinality(String) COMMENT '剂次代码 / dose of the schedule, e.g. DTaP-2',
    vaccine LowCardinality(String) COMMENT '疫苗代码 / code of the vaccine',
    dose_no UInt8 COMMENT '第几剂 / number of the dose in its series',
    earliest_on Nullable(Date) COMMENT '可接种日期 / from when on it may be given',
    recommended_on Nullable(Date) COMMENT '推荐接种日期 / date of the schedule''s least age',
    overdue_on Nullable(Date) COMMENT '逾期日期 / first day on which it is overdue',
    done_on Nullable(Date) COMMENT '接种日期 / when it was given, or a later dose that implies it',
    status LowCardinality(String) COMMENT
        '状态 / done, overdue, due, upcoming, deferred, not-applicable or unknown-transition',
    clinic_id String COMMENT '责任医疗卫生机构 / clinic responsible for the child',
    known_at DateTime64(3, '${timezone}') COMMENT '系统得知此版本的时间 / when this version became known'
)
AS SELECT child_id, dose, vaccine, dose_no, earliest_on, recommended_on, overdue_on, done_on, status, clinic_id, known_at
FROM
(
    SELECT *
    FROM huiyu_store.vaccination_status_log
    WHERE known_at <= parseDateTime64BestEffort({as_of:String}, 3, '${timezone}')
    ORDER BY child_id, dose, version DESC
    LIMIT 1 BY child_id, dose
)
WHERE is_deleted = 0
COMMENT
    '某一时刻所知的预防接种状态：vaccination_status_as_of(as_of = ''2026-03-02T12:00:00+08:00'')；as_of 为文本，宜带时差 / Vaccination status as known at a moment; as_of is text, best with an offset';

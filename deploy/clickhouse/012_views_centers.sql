-- Views on centres and on the county's registry.

CREATE OR REPLACE VIEW huiyu.center_days
(
    center_id String COMMENT '托育机构 / childcare centre',
    date Nullable(Date) COMMENT '日期 / local date',
    enrolled UInt32 COMMENT '在托儿童数 / children enrolled',
    present UInt32 COMMENT '出勤儿童数 / children present',
    absent UInt32 COMMENT '缺勤儿童数 / children absent',
    absent_sick UInt32 COMMENT '其中病假 / of them sick',
    absent_unknown UInt32 COMMENT '其中原因不明 / of them for an unknown reason',
    checked UInt32 COMMENT '晨检儿童数 / children with a morning check',
    fever UInt32 COMMENT '发热儿童数 / children with fever (37.5 °C and more, or noted)',
    symptomatic UInt32 COMMENT '有症状儿童数 / children with any symptom',
    sent_home UInt32 COMMENT '劝返儿童数 / children sent home',
    places Nullable(UInt32) COMMENT '备案托位数 / places filed, null if the centre is not filed'
)
AS SELECT center_id, date, enrolled, present, absent, absent_sick, absent_unknown, checked, fever, symptomatic,
    sent_home, places
FROM (SELECT * FROM huiyu_store.center_days FINAL) AS days
LEFT JOIN (SELECT center_id, places FROM huiyu_store.centers FINAL) AS filed USING (center_id)
COMMENT '托育机构日报：每机构每日一行 / One row per centre and date';

CREATE OR REPLACE VIEW huiyu.centers
(
    center_id String COMMENT '托育机构 / childcare centre',
    name String COMMENT '名称 / name',
    kind LowCardinality(String) COMMENT '类型 / community, kindergarten, employer, hospital, family or independent',
    ownership LowCardinality(String) COMMENT '性质 / public or private',
    places Nullable(UInt32) COMMENT '托位数 / places',
    inclusive_places Nullable(UInt32) COMMENT '普惠托位数 / inclusive (publicly supported) places',
    lat Nullable(Float64) COMMENT '纬度 / latitude',
    lon Nullable(Float64) COMMENT '经度 / longitude',
    community String COMMENT '社区或村 / community',
    filed_at DateTime64(3, '${timezone}') COMMENT '备案时间 / time of the filing that holds',
    closed_on Nullable(Date) COMMENT '关停日期 / closed on, null if open'
)
AS SELECT center_id, name, kind, ownership, places, inclusive_places, lat, lon, community, filed_at, closed_on
FROM huiyu_store.centers FINAL
COMMENT '备案托育机构：每机构一行 / One row per filed childcare centre';

CREATE OR REPLACE VIEW huiyu.clinics
(
    clinic_id String COMMENT '医疗卫生机构 / clinic',
    name String COMMENT '名称 / name',
    kind LowCardinality(String) COMMENT
        '类型 / county-hospital, tcm-hospital, mch-hospital, township, village or health-post',
    lat Nullable(Float64) COMMENT '纬度 / latitude',
    lon Nullable(Float64) COMMENT '经度 / longitude',
    listed_at DateTime64(3, '${timezone}') COMMENT '登记时间 / time of the listing that holds'
)
AS SELECT clinic_id, name, kind, lat, lon, listed_at
FROM huiyu_store.clinics FINAL
COMMENT '医疗卫生机构：每机构一行 / One row per clinic';

CREATE OR REPLACE VIEW huiyu.contracts
(
    contract_id String COMMENT '签约编号 / contract',
    center_id String COMMENT '托育机构 / childcare centre',
    clinic_id String COMMENT '医疗卫生机构 / clinic',
    services Array(String) COMMENT '服务内容 / services: checkup, guidance, health-talk, referral, tcm',
    from_date Nullable(Date) COMMENT '开始日期 / in force from',
    until Nullable(Date) COMMENT '截止日期 / in force until and including, null if open-ended',
    ended_on Nullable(Date) COMMENT '提前终止日期 / ended on, null if it was not'
)
AS SELECT contract_id, center_id, clinic_id, services, from_date, until, ended_on
FROM huiyu_store.contracts FINAL
COMMENT '医育结合签约：每份一行 / One row per contract between a centre and a clinic';

CREATE OR REPLACE VIEW huiyu.staff
(
    staff_id String COMMENT '人员匿名编号 / person, pseudonymous',
    center_id String COMMENT '托育机构 / childcare centre',
    role LowCardinality(String) COMMENT '岗位 / director, carer, health-carer, teacher, cook or guard',
    certificate String COMMENT '证书 / certificate',
    valid_until Nullable(Date) COMMENT '有效期至 / valid until and including, null if without end',
    certified_at DateTime64(3, '${timezone}') COMMENT '取证时间 / time of the certification that holds',
    left_on Nullable(Date) COMMENT '离职日期 / left on, null if still there'
)
AS SELECT staff_id, center_id, role, certificate, valid_until, certified_at, left_on
FROM huiyu_store.staff FINAL
COMMENT '从业人员：每人一行 / One row per member of staff';

CREATE OR REPLACE VIEW huiyu.trainings
(
    staff_id String COMMENT '人员匿名编号 / person, pseudonymous',
    source String COMMENT '数据来源 / source',
    record_id String COMMENT '来源系统的记录编号 / the source''s own id of the record',
    center_id String COMMENT '托育机构 / childcare centre',
    course String COMMENT '课程 / course',
    hours Nullable(Float64) COMMENT '学时 / hours',
    date Nullable(Date) COMMENT '日期 / date'
)
AS SELECT staff_id, source, record_id, center_id, course, hours, date
FROM huiyu_store.trainings FINAL
COMMENT '培训：每次一行 / One row per training of a member of staff';

CREATE OR REPLACE VIEW huiyu.guidance_visits
(
    center_id String COMMENT '托育机构 / childcare centre',
    source String COMMENT '数据来源 / source',
    record_id String COMMENT '来源系统的记录编号 / the source''s own id of the record',
    clinic_id String COMMENT '医疗卫生机构 / clinic, empty if not given',
    topics Array(String) COMMENT '指导内容 / topics',
    date Nullable(Date) COMMENT '日期 / date',
    findings String COMMENT '发现的问题 / findings'
)
AS SELECT center_id, source, record_id, clinic_id, topics, date, findings
FROM huiyu_store.guidance_visits FINAL
COMMENT '入托指导：每次一行 / One row per guidance visit to a centre';

CREATE OR REPLACE VIEW huiyu.calendars
(
    year UInt16 COMMENT '年份 / year',
    days_off Array(Date) COMMENT '放假日期 / days off',
    extra_workdays Array(Date) COMMENT '调休上班日期 / working days at weekends'
)
AS SELECT year, days_off, extra_workdays
FROM huiyu_store.calendars FINAL
COMMENT '节假日安排：每年一行 / Published calendars: one row per year';

CREATE OR REPLACE VIEW huiyu.populations
(
    region String COMMENT '行政区划代码 / code of the region',
    residents UInt64 COMMENT '常住人口 / residents',
    births Nullable(UInt32) COMMENT '出生人数 / births',
    under3 Nullable(UInt32) COMMENT '3岁以下人口 / children under three',
    as_of Nullable(Date) COMMENT '统计日期 / as of'
)
AS SELECT region, residents, births, under3, as_of
FROM huiyu_store.populations FINAL
COMMENT '人口：每个区划一行 / Population: one row per region';

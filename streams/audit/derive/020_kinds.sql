-- The catalogue of the contract as tables: kinds, their fields, and the codes of rejections by precedence.

CREATE TABLE codes AS SELECT unnest(range(15)) AS rank, unnest([
    'too-large', 'not-json', 'not-cloudevents', 'raw-identifier', 'unknown-type', 'wrong-side', 'wrong-topic',
    'key-mismatch', 'not-your-own', 'unknown-field', 'missing-field', 'bad-value', 'time-in-future',
    'parking-overflow', 'too-many-records']) AS code;

-- side NULL: every side may send it, on the topic of its side (of the retracted kind's side for a retraction).
CREATE TABLE kinds AS SELECT * FROM (VALUES
    ('child.registered', 'clinic', 'child'),
    ('child.departed', 'clinic', 'child'),
    ('checkup.recorded', 'clinic', 'child'),
    ('vaccination.recorded', 'clinic', 'child'),
    ('vaccination.deferred', 'clinic', 'child'),
    ('diagnosis.recorded', 'clinic', 'child'),
    ('referral.made', 'clinic', 'child'),
    ('referral.closed', 'clinic', 'child'),
    ('identity.linked', 'clinic', 'child'),
    ('child.enrolled', 'center', 'child'),
    ('child.withdrawn', 'center', 'child'),
    ('attendance.recorded', 'center', 'child'),
    ('health-check.recorded', 'center', 'child'),
    ('measurement.recorded', 'center', 'child'),
    ('development.observed', 'center', 'child'),
    ('incident.recorded', 'center', 'child'),
    ('source.registered', 'registry', 'source'),
    ('center.filed', 'registry', 'center'),
    ('center.closed', 'registry', 'center'),
    ('clinic.listed', 'registry', 'clinic'),
    ('contract.signed', 'registry', 'contract'),
    ('contract.ended', 'registry', 'contract'),
    ('staff.certified', 'registry', 'staff'),
    ('staff.left', 'registry', 'staff'),
    ('training.completed', 'registry', 'staff'),
    ('guidance.delivered', 'registry', 'center'),
    ('calendar.published', 'registry', 'calendar'),
    ('population.reported', 'registry', 'region'),
    ('record.retracted', NULL, 'any'),
    ('reporting.completed', NULL, 'source')
) AS t (kind, side, scheme);

-- A field's path is where it stands in data; [] is any element of a list. A field that ends in ? may be left out.
-- form: word (one of `words`), text, day, time, number, integer, flag, list, object, value (text, number or flag), and the
-- named forms facility, id, child, vaccine. low and high bound numbers and the lengths of texts; high bounds the length of
-- a list.
CREATE TABLE fields AS
SELECT kind, rtrim(named, '?') AS path, NOT ends_with(named, '?') AS required, form, low, high,
    string_split(words, ' ') AS words
FROM (VALUES
    ('child.registered', 'sex', 'word', NULL, NULL, 'female male unknown'),
    ('child.registered', 'birth_date', 'day', NULL, NULL, ''),
    ('child.registered', 'clinic_id', 'facility', NULL, NULL, ''),
    ('child.registered', 'gestational_weeks?', 'integer', 22, 44, ''),
    ('child.registered', 'birth_weight_g?', 'integer', 300, 7000, ''),
    ('child.registered', 'community?', 'text', 1, 200, ''),

    ('child.departed', 'date', 'day', NULL, NULL, ''),
    ('child.departed', 'reason', 'word', NULL, NULL, 'moved died other'),

    ('checkup.recorded', 'clinic_id', 'facility', NULL, NULL, ''),
    ('checkup.recorded', 'milestone?', 'word', NULL, NULL, 'home m1 m3 m6 m8 m12 m18 m24 m30 m36 y4 y5 y6'),
    ('checkup.recorded', 'weight_kg?', 'number', 0.3, 60, ''),
    ('checkup.recorded', 'length_height_cm?', 'number', 20, 150, ''),
    ('checkup.recorded', 'position?', 'word', NULL, NULL, 'lying standing'),
    ('checkup.recorded', 'head_circumference_cm?', 'number', 20, 65, ''),
    ('checkup.recorded', 'haemoglobin_g_l?', 'number', 20, 250, ''),
    ('checkup.recorded', 'oedema?', 'flag', NULL, NULL, ''),
    ('checkup.recorded', 'warning_signs?', 'object', NULL, NULL, ''),
    ('checkup.recorded', 'warning_signs.age_months', 'integer', 0, 84, ''),
    ('checkup.recorded', 'warning_signs.positive', 'list', NULL, 4, ''),
    ('checkup.recorded', 'warning_signs.positive[]', 'integer', 1, 4, ''),
    ('checkup.recorded', 'screenings?', 'list', NULL, NULL, ''),
    ('checkup.recorded', 'screenings[]', 'object', NULL, NULL, ''),
    ('checkup.recorded', 'screenings[].instrument', 'text', 1, 64, ''),
    ('checkup.recorded', 'screenings[].result', 'word', NULL, NULL, 'pass refer inconclusive'),
    ('checkup.recorded', 'screenings[].score?', 'number', -1e12, 1e12, ''),
    ('checkup.recorded', 'vision?', 'word', NULL, NULL, 'pass refer'),
    ('checkup.recorded', 'hearing?', 'word', NULL, NULL, 'pass refer'),
    ('checkup.recorded', 'teeth?', 'integer', 0, 24, ''),
    ('checkup.recorded', 'caries?', 'integer', 0, 24, ''),
    ('checkup.recorded', 'items?', 'list', NULL, NULL, ''),
    ('checkup.recorded', 'items[]', 'object', NULL, NULL, ''),
    ('checkup.recorded', 'items[].code', 'text', 1, 64, ''),
    ('checkup.recorded', 'items[].value', 'value', NULL, NULL, ''),
    ('checkup.recorded', 'conclusions?', 'list', NULL, NULL, ''),
    ('checkup.recorded', 'conclusions[]', 'text', 0, 64, ''),
    ('checkup.recorded', 'next_due?', 'day', NULL, NULL, ''),

    ('vaccination.recorded', 'clinic_id', 'facility', NULL, NULL, ''),
    ('vaccination.recorded', 'vaccine', 'vaccine', NULL, NULL, ''),
    ('vaccination.recorded', 'dose_no', 'integer', 1, 2147483647, ''),

    ('vaccination.deferred', 'clinic_id', 'facility', NULL, NULL, ''),
    ('vaccination.deferred', 'vaccine', 'vaccine', NULL, NULL, ''),
    ('vaccination.deferred', 'dose_no', 'integer', 1, 2147483647, ''),
    ('vaccination.deferred', 'reason', 'word', NULL, NULL, 'contraindication illness refused out-of-stock'),
    ('vaccination.deferred', 'until?', 'day', NULL, NULL, ''),

    ('diagnosis.recorded', 'clinic_id', 'facility', NULL, NULL, ''),
    ('diagnosis.recorded', 'condition', 'word', NULL, NULL,
        'hfmd influenza chickenpox mumps norovirus scarlet-fever conjunctivitis covid-19 measles other'),
    ('diagnosis.recorded', 'onset_date', 'day', NULL, NULL, ''),
    ('diagnosis.recorded', 'exclude_until?', 'day', NULL, NULL, ''),
    ('diagnosis.recorded', 'icd10?', 'text', 1, 16, ''),

    ('referral.made', 'referral_id', 'id', NULL, NULL, ''),
    ('referral.made', 'to_clinic', 'facility', NULL, NULL, ''),
    ('referral.made', 'reason', 'text', 1, 1000, ''),
    ('referral.made', 'due_date', 'day', NULL, NULL, ''),

    ('referral.closed', 'referral_id', 'id', NULL, NULL, ''),
    ('referral.closed', 'outcome', 'word', NULL, NULL, 'attended declined not-needed'),

    ('identity.linked', 'same_as', 'child', NULL, NULL, ''),

    ('child.enrolled', 'center_id', 'facility', NULL, NULL, ''),
    ('child.enrolled', 'class_id', 'id', NULL, NULL, ''),
    ('child.enrolled', 'band', 'word', NULL, NULL, 'nursing toddler senior mixed'),
    ('child.enrolled', 'service', 'word', NULL, NULL, 'full-day half-day hourly temporary'),
    ('child.enrolled', 'from_date', 'day', NULL, NULL, ''),
    ('child.enrolled', 'until?', 'day', NULL, NULL, ''),

    ('child.withdrawn', 'center_id', 'facility', NULL, NULL, ''),
    ('child.withdrawn', 'date', 'day', NULL, NULL, ''),
    ('child.withdrawn', 'reason?', 'text', 1, 1000, ''),

    ('attendance.recorded', 'center_id', 'facility', NULL, NULL, ''),
    ('attendance.recorded', 'class_id', 'id', NULL, NULL, ''),
    ('attendance.recorded', 'date', 'day', NULL, NULL, ''),
    ('attendance.recorded', 'status', 'word', NULL, NULL, 'present absent'),
    ('attendance.recorded', 'arrived_at?', 'time', NULL, NULL, ''),
    ('attendance.recorded', 'left_at?', 'time', NULL, NULL, ''),
    ('attendance.recorded', 'absence_reason?', 'word', NULL, NULL, 'sick personal vaccination checkup unknown'),
    ('attendance.recorded', 'symptoms?', 'list', NULL, NULL, ''),
    ('attendance.recorded', 'symptoms[]', 'word', NULL, NULL,
        'fever cough rash mouth-sores vomiting diarrhoea red-eye runny-nose other'),

    ('health-check.recorded', 'center_id', 'facility', NULL, NULL, ''),
    ('health-check.recorded', 'class_id', 'id', NULL, NULL, ''),
    ('health-check.recorded', 'kind', 'word', NULL, NULL, 'morning noon observation'),
    ('health-check.recorded', 'temperature_c?', 'number', 30, 45, ''),
    ('health-check.recorded', 'symptoms?', 'list', NULL, NULL, ''),
    ('health-check.recorded', 'symptoms[]', 'word', NULL, NULL,
        'fever cough rash mouth-sores vomiting diarrhoea red-eye runny-nose other'),
    ('health-check.recorded', 'action', 'word', NULL, NULL, 'admitted observed isolated sent-home'),

    ('measurement.recorded', 'center_id', 'facility', NULL, NULL, ''),
    ('measurement.recorded', 'weight_kg?', 'number', 0.3, 60, ''),
    ('measurement.recorded', 'length_height_cm?', 'number', 20, 150, ''),
    ('measurement.recorded', 'position?', 'word', NULL, NULL, 'lying standing'),
    ('measurement.recorded', 'head_circumference_cm?', 'number', 20, 65, ''),

    ('development.observed', 'center_id', 'facility', NULL, NULL, ''),
    ('development.observed', 'age_months', 'integer', 0, 84, ''),
    ('development.observed', 'positive', 'list', NULL, 4, ''),
    ('development.observed', 'positive[]', 'integer', 1, 4, ''),

    ('incident.recorded', 'center_id', 'facility', NULL, NULL, ''),
    ('incident.recorded', 'kind', 'word', NULL, NULL, 'fall bite choking burn missing other'),
    ('incident.recorded', 'severity', 'word', NULL, NULL, 'minor treated hospital'),

    ('source.registered', 'side', 'word', NULL, NULL, 'clinic center registry'),
    ('source.registered', 'cadence', 'word', NULL, NULL, 'working-days weekly irregular'),

    ('center.filed', 'name', 'text', 1, 200, ''),
    ('center.filed', 'kind', 'word', NULL, NULL, 'community kindergarten employer hospital family independent'),
    ('center.filed', 'ownership', 'word', NULL, NULL, 'public private'),
    ('center.filed', 'places', 'integer', 0, 100000, ''),
    ('center.filed', 'inclusive_places', 'integer', 0, 100000, ''),
    ('center.filed', 'lat?', 'number', -90, 90, ''),
    ('center.filed', 'lon?', 'number', -180, 180, ''),
    ('center.filed', 'community?', 'text', 1, 200, ''),

    ('center.closed', 'date', 'day', NULL, NULL, ''),

    ('clinic.listed', 'name', 'text', 1, 200, ''),
    ('clinic.listed', 'kind', 'word', NULL, NULL,
        'county-hospital tcm-hospital mch-hospital township village health-post'),
    ('clinic.listed', 'lat?', 'number', -90, 90, ''),
    ('clinic.listed', 'lon?', 'number', -180, 180, ''),

    ('contract.signed', 'center_id', 'facility', NULL, NULL, ''),
    ('contract.signed', 'clinic_id', 'facility', NULL, NULL, ''),
    ('contract.signed', 'services', 'list', NULL, NULL, ''),
    ('contract.signed', 'services[]', 'word', NULL, NULL, 'checkup guidance health-talk referral tcm'),
    ('contract.signed', 'from_date', 'day', NULL, NULL, ''),
    ('contract.signed', 'until?', 'day', NULL, NULL, ''),

    ('contract.ended', 'center_id', 'facility', NULL, NULL, ''),
    ('contract.ended', 'clinic_id', 'facility', NULL, NULL, ''),
    ('contract.ended', 'date', 'day', NULL, NULL, ''),

    ('staff.certified', 'center_id', 'facility', NULL, NULL, ''),
    ('staff.certified', 'role', 'word', NULL, NULL, 'director carer health-carer teacher cook guard'),
    ('staff.certified', 'certificate', 'text', 1, 200, ''),
    ('staff.certified', 'valid_until?', 'day', NULL, NULL, ''),

    ('staff.left', 'center_id', 'facility', NULL, NULL, ''),
    ('staff.left', 'date', 'day', NULL, NULL, ''),

    ('training.completed', 'center_id', 'facility', NULL, NULL, ''),
    ('training.completed', 'course', 'text', 1, 200, ''),
    ('training.completed', 'hours', 'number', 0, 10000, ''),
    ('training.completed', 'date', 'day', NULL, NULL, ''),

    ('guidance.delivered', 'center_id', 'facility', NULL, NULL, ''),
    ('guidance.delivered', 'clinic_id?', 'facility', NULL, NULL, ''),
    ('guidance.delivered', 'topics', 'list', NULL, NULL, ''),
    ('guidance.delivered', 'topics[]', 'text', 1, 200, ''),
    ('guidance.delivered', 'date', 'day', NULL, NULL, ''),
    ('guidance.delivered', 'findings?', 'text', 1, 1000, ''),

    ('calendar.published', 'year', 'integer', 1970, 2099, ''),
    ('calendar.published', 'days_off', 'list', NULL, NULL, ''),
    ('calendar.published', 'days_off[]', 'day', NULL, NULL, ''),
    ('calendar.published', 'extra_workdays', 'list', NULL, NULL, ''),
    ('calendar.published', 'extra_workdays[]', 'day', NULL, NULL, ''),

    ('population.reported', 'residents', 'integer', 0, 2147483647, ''),
    ('population.reported', 'births?', 'integer', 0, 2147483647, ''),
    ('population.reported', 'under3?', 'integer', 0, 2147483647, ''),
    ('population.reported', 'as_of', 'day', NULL, NULL, ''),

    ('record.retracted', 'kind', 'text', 1, 64, ''),
    ('record.retracted', 'reason', 'text', 1, 1000, ''),
    ('record.retracted', 'center_id?', 'facility', NULL, NULL, ''),

    ('reporting.completed', 'through', 'time', NULL, NULL, '')
) AS t (kind, named, form, low, high, words);

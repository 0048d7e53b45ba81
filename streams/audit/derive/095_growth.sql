-- Growth of every visit: z-scores of WHO 2006, lines of WS/T 423-2022, and how many children of each place lie where.

CREATE TABLE lms AS
SELECT "table" AS name, sex, round(CASE WHEN "table" IN ('wfl', 'wfh') THEN x * 10 ELSE x END)::INTEGER AS place, l, m, s
FROM read_csv(getvariable('reference') || '/who_2006_lms.csv',
    columns = {'table': 'VARCHAR', 'sex': 'VARCHAR', 'x': 'DOUBLE', 'l': 'DOUBLE', 'm': 'DOUBLE', 's': 'DOUBLE'});

-- What age counts from: of who was born before 37 weeks the day it was due, before it is 24 months old. Both are reckoned.
CREATE TABLE visits AS
WITH measured AS (
    SELECT s.child_id, s.kind, s.source, s.record_id, s.subject, s.happened, s.day, l.sex, l.born,
        CASE WHEN l.gestational_weeks < 37 AND s.day < later(l.born, 24) THEN l.born + 7 * (40 - l.gestational_weeks) END
            AS was_due,
        CASE WHEN (s.data ->> '$.oedema') IS DISTINCT FROM 'true' THEN (s.data ->> '$.weight_kg')::DOUBLE END AS kg,
        (s.data ->> '$.length_height_cm')::DOUBLE AS cm, s.data ->> '$.position' AS position,
        (s.data ->> '$.head_circumference_cm')::DOUBLE AS head,
        coalesce(s.data ->> '$.clinic_id', '') AS clinic_id, coalesce(s.data ->> '$.center_id', '') AS center_id
    FROM standing AS s JOIN lives AS l USING (child_id)
    WHERE s.kind IN ('checkup.recorded', 'measurement.recorded')
)
SELECT *, true AS shown, coalesce(was_due, born) AS since FROM measured
UNION ALL
SELECT *, false, born FROM measured WHERE was_due IS NOT NULL;

CREATE MACRO taken(cm, position, days, stands) AS CASE
    WHEN position = 'lying' AND stands THEN round(cm - 0.7, 6)
    WHEN position = 'standing' AND NOT stands AND days >= 274 THEN round(cm + 0.7, 6) ELSE cm END;

CREATE MACRO bare(y, p) AS (pow(y / p.m, p.l) - 1) / (p.s * p.l);
CREATE MACRO line(z, p) AS p.m * pow(1 + p.l * p.s * z, 1 / p.l);
CREATE MACRO heavy(y, p) AS CASE
    WHEN bare(y, p) > 3 THEN 3 + (y - line(3, p)) / (line(3, p) - line(2, p))
    WHEN bare(y, p) < -3 THEN -3 + (y - line(-3, p)) / (line(-2, p) - line(-3, p))
    ELSE bare(y, p) END;
CREATE MACRO hundredths(z) AS round(z * 100) / 100 + 0.0::DOUBLE;  -- no -0.0

CREATE TABLE who AS
WITH aged AS (
    SELECT *, day - since AS age, age >= 731 AS stands, taken(cm, position, age, stands) AS long,
        CASE WHEN stands THEN 65 ELSE 45 END AS least, round((long - least) * 10, 6) AS above
    FROM visits WHERE sex IN ('female', 'male') AND age BETWEEN 0 AND 1856
),
days AS (
    SELECT sex, place AS age, any_value({l: l, m: m, s: s}) FILTER (name = 'wfa') AS wfa,
        any_value({l: l, m: m, s: s}) FILTER (name = 'lfa') AS lfa, any_value({l: l, m: m, s: s}) FILTER (name = 'bmifa') AS bmifa,
        any_value({l: l, m: m, s: s}) FILTER (name = 'hcfa') AS hcfa
    FROM lms WHERE name NOT IN ('wfl', 'wfh') GROUP BY ALL
),
lengths AS (
    SELECT name = 'wfh' AS stands, sex, place, l, m, s,
        coalesce(lead(l) OVER w, l) - l AS dl, coalesce(lead(m) OVER w, m) - m AS dm, coalesce(lead(s) OVER w, s) - s AS ds
    FROM lms WHERE name IN ('wfl', 'wfh') WINDOW w AS (PARTITION BY name, sex ORDER BY place)
),
found AS (
    SELECT a.*, d.wfa, d.lfa, d.bmifa, d.hcfa, above - floor(above) AS share,
        {l: h.l + h.dl * share, m: h.m + h.dm * share, s: h.s + h.ds * share} AS wfl,
        least * 10 + above <= CASE WHEN a.stands THEN 1200 ELSE 1100 END AS in_table
    FROM aged AS a JOIN days AS d USING (sex, age)
    LEFT JOIN lengths AS h ON h.stands = a.stands AND h.sex = a.sex AND h.place = least * 10 + floor(above)::INTEGER
)
SELECT child_id, kind, source, record_id, shown, hundredths(heavy(kg, wfa)) AS waz, hundredths(bare(long, lfa)) AS haz,
    CASE WHEN in_table THEN hundredths(heavy(kg, wfl)) END AS wlz, hundredths(heavy(kg / (long / 100) ** 2, bmifa)) AS baz,
    hundredths(bare(head, hcfa)) AS hcz
FROM found;

-- Where a line goes from each row of a table: to the next; after the last, and before the rows of who stands, as before.
CREATE TABLE wst_steps AS
WITH files AS (
    SELECT regexp_extract(filename, '_sd_([a-z]+)_([fm])', ['name', 'sex']) AS file, x,
        ["-3SD", "-2SD", "-1SD", "0SD", "+1SD", "+2SD", "+3SD"] AS lines
    FROM read_csv(getvariable('reference') || '/wst423_2022_sd_*.csv', filename = true, union_by_name = true)
),
tables AS (
    SELECT file.name AS name, CASE file.sex WHEN 'f' THEN 'female' ELSE 'male' END AS sex, x::DOUBLE AS x,
        lines::DOUBLE[] AS lines, file.name = 'lhfa' AND x >= 24 AS second
    FROM files WHERE file.name IN ('wfa', 'lhfa', 'wfl', 'wfh')
)
SELECT name, sex, x AS begins,
    coalesce(lead(x) OVER (PARTITION BY name, sex ORDER BY x), CASE WHEN name IN ('wfa', 'lhfa') THEN 84 ELSE x + 1e-9 END) AS ends,
    CASE WHEN lead(x) OVER w IS NULL THEN {x: lag(x) OVER w, lines: lag(lines) OVER w} ELSE {x: x, lines: lines} END AS one,
    CASE WHEN lead(x) OVER w IS NULL THEN {x: x, lines: lines} ELSE {x: lead(x) OVER w, lines: lead(lines) OVER w} END AS other
FROM tables WINDOW w AS (PARTITION BY name, sex, second ORDER BY x);

-- The line of standard deviations that a value reaches: -3 to 3, -4 below all.
CREATE TABLE wst AS
WITH aged AS (
    SELECT *, date_diff('month', since, day) AS about, about - (later(since, about) > day)::INTEGER AS whole,
        whole + (day - later(since, whole)) / (later(since, whole + 1) - later(since, whole)) AS months, whole >= 24 AS stands,
        taken(cm, position, day - since, stands) AS long
    FROM visits WHERE shown AND sex IN ('female', 'male') AND day >= since
),
asked AS (
    SELECT child_id, kind, source, record_id, sex, 'wst_wfa' AS wanted, 'wfa' AS name, months AS x, kg AS y FROM aged WHERE whole < 84
    UNION ALL
    SELECT child_id, kind, source, record_id, sex, 'wst_lhfa', 'lhfa', months, long FROM aged WHERE whole < 84
    UNION ALL
    SELECT child_id, kind, source, record_id, sex, 'wst_wfl', CASE WHEN stands THEN 'wfh' ELSE 'wfl' END, long, kg FROM aged WHERE whole < 84
),
reached AS (
    SELECT a.*, (a.x - t.one.x) / (t.other.x - t.one.x) AS share,
        len(list_filter(range(1, 8), lambda i: a.y >= round(t.one.lines[i] + (t.other.lines[i] - t.one.lines[i]) * share, 6)))
            - 4 AS line
    FROM asked AS a JOIN wst_steps AS t ON t.name = a.name AND t.sex = a.sex AND a.x >= t.begins AND a.x < t.ends
    WHERE a.y IS NOT NULL
)
SELECT child_id, kind, source, record_id, any_value(line) FILTER (wanted = 'wst_wfa') AS wst_wfa,
    any_value(line) FILTER (wanted = 'wst_lhfa') AS wst_lhfa, any_value(line) FILTER (wanted = 'wst_wfl') AS wst_wfl
FROM reached GROUP BY ALL;

CREATE TABLE growth AS
SELECT v.child_id, v.kind, v.source, v.record_id, v.happened, v.day, v.born, v.clinic_id, v.center_id, w.waz, w.haz, w.wlz, w.baz,
    w.hcz, c.wst_wfa, c.wst_lhfa, c.wst_wfl,
    list_filter([
        CASE WHEN w.waz < -6 OR w.waz > 5 THEN 'waz-implausible' END, CASE WHEN abs(w.haz) > 6 THEN 'haz-implausible' END,
        CASE WHEN abs(w.wlz) > 5 THEN 'wlz-implausible' END, CASE WHEN abs(w.baz) > 5 THEN 'baz-implausible' END,
        CASE WHEN abs(w.hcz) > 5 THEN 'hcz-implausible' END], lambda flag: flag IS NOT NULL) AS flags,
    CASE WHEN v.was_due IS NOT NULL THEN
        json_object('waz', u.waz, 'haz', u.haz, 'wlz', u.wlz, 'baz', u.baz, 'hcz', u.hcz)::VARCHAR END AS uncorrected
FROM (FROM visits WHERE shown) AS v
LEFT JOIN (FROM who WHERE shown) AS w USING (child_id, kind, source, record_id)
LEFT JOIN (FROM who WHERE NOT shown) AS u USING (child_id, kind, source, record_id)
LEFT JOIN wst AS c USING (child_id, kind, source, record_id);

-- Of each child the last visit of the month at a place that a standard could judge; what is hardly possible is not counted.
CREATE TABLE growth_months AS
WITH judged AS (
    SELECT *, 'WHO 2006' AS standard, CASE WHEN waz BETWEEN -6 AND 5 THEN waz END AS wfa,
        CASE WHEN haz BETWEEN -6 AND 6 THEN haz END AS lhfa, CASE WHEN wlz BETWEEN -5 AND 5 THEN wlz END AS wfl,
        wfl > 2 AS heavy, wfl > 3 AS heaviest
    FROM growth
    UNION ALL
    SELECT *, 'WS/T 423-2022', wst_wfa, wst_lhfa, wst_wfl, wst_wfl >= 1, wst_wfl >= 2 FROM growth
),
last_ones AS (
    SELECT *, date_trunc('month', day)::DATE AS month FROM judged WHERE coalesce(wfa, lhfa, wfl) IS NOT NULL
    QUALIFY row_number() OVER (
        PARTITION BY child_id, kind, clinic_id, center_id, month, standard
        ORDER BY happened DESC, source DESC, record_id DESC) = 1
)
SELECT CASE kind WHEN 'checkup.recorded' THEN 'clinic' ELSE 'center' END AS place_kind, center_id, clinic_id, month,
    CASE WHEN day < later(born, 6) THEN '0-5' WHEN day < later(born, 12) THEN '6-11' WHEN day < later(born, 24) THEN '12-23'
        WHEN day < later(born, 36) THEN '24-35' WHEN day < later(born, 48) THEN '36-47' WHEN day < later(born, 60) THEN '48-59'
        ELSE '60-83' END AS band,
    standard, count(*) AS assessed, count(*) FILTER (lhfa < -2) AS stunted, count(*) FILTER (wfa < -2) AS underweight, count(*) FILTER (wfl < -2) AS wasted,
    count(*) FILTER (heavy) AS overweight, count(*) FILTER (heaviest) AS obese
FROM last_ones GROUP BY ALL;

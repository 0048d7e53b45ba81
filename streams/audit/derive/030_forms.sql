-- Forms of values: dates, times, identity numbers; NULL in, NULL out.

CREATE MACRO is_day(s) AS regexp_full_match(s, '\d{4}-\d{2}-\d{2}')
    AND coalesce(try_cast(s AS DATE) BETWEEN DATE '1970-01-02' AND DATE '2099-12-31', false);

CREATE MACRO is_clock(s) AS
    regexp_full_match(s, '(?i)\d{4}-\d{2}-\d{2}t([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?(z|[+-]([01]\d|2[0-3]):[0-5]\d)');

CREATE MACRO is_time(s) AS is_clock(s) AND is_day(s[1:10]);

-- However late: whether that can be is asked of the broker's clock, not of the store.
CREATE MACRO is_any_time(s) AS is_clock(s) AND coalesce(try_cast(s[1:10] AS DATE) >= DATE '1970-01-02', false);

-- Microseconds since 1970 of a time that is one; any digits beyond are cut off.
CREATE MACRO instant(s) AS epoch_us(try_cast(
    regexp_replace(upper(s), '(\.\d{6})\d+', '\1') AS TIMESTAMPTZ));

-- The date on the county's calendars at an instant.
CREATE MACRO local_day(us) AS timezone(getvariable('zone'), make_timestamptz(us))::DATE;

CREATE MACRO later(day, months) AS (day + to_months(months))::DATE;

-- The resident identity number: 17 digits with a real date, and the check character of ISO 7064 MOD 11-2.
CREATE MACRO check_sum(s) AS
    list_sum([s[i]::INTEGER * [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2][i] FOR i IN range(1, 18)])::INTEGER;

CREATE MACRO is_identity_number(s) AS CASE WHEN regexp_full_match(s, '\d{17}[\dXx]') THEN
    s[7:10] >= '0001' AND try_cast(s[7:10] || '-' || s[11:12] || '-' || s[13:14] AS DATE) IS NOT NULL
    AND upper(s[18]) = '10X98765432'[check_sum(s) % 11 + 1] ELSE false END;

CREATE MACRO is_mobile_number(s) AS regexp_full_match(s, '1[3-9]\d{9}');

-- What stands between characters that are neither plain letters nor digits.
CREATE MACRO tokens(s) AS regexp_split_to_array(folded(s), '[^0-9A-Za-z]+');

-- The county at a glance, over the rows above.
-- key: county

CREATE OR REPLACE TEMP VIEW expected AS
SELECT * REPLACE (round(places_per_1000, 9) AS places_per_1000,
    round(contracted_centers_pct, 9) AS contracted_centers_pct, round(certified_staff_pct, 9) AS certified_staff_pct)
FROM county_overview;

CREATE OR REPLACE TEMP VIEW found AS
SELECT 'county' AS county, * REPLACE (round(places_per_1000, 9) AS places_per_1000,
    round(contracted_centers_pct, 9) AS contracted_centers_pct, round(certified_staff_pct, 9) AS certified_staff_pct)
FROM store.county_overview;

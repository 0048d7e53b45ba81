-- The county at a glance. Alerts of rules that are not recomputed here count as the store shows them.
-- key: county

CREATE OR REPLACE TEMP VIEW expected AS
SELECT * EXCLUDE (called_alerts) REPLACE (round(places_per_1000, 9) AS places_per_1000,
        round(contracted_centers_pct, 9) AS contracted_centers_pct, round(certified_staff_pct, 9) AS certified_staff_pct),
    called_alerts + (SELECT count(*) FROM store.alerts
        WHERE state <> 'resolved' AND rule NOT IN ('checkup-overdue', 'vaccination-overdue')) AS active_alerts
FROM county_overview;

CREATE OR REPLACE TEMP VIEW found AS
SELECT 'county' AS county, * REPLACE (round(places_per_1000, 9) AS places_per_1000,
    round(contracted_centers_pct, 9) AS contracted_centers_pct, round(certified_staff_pct, 9) AS certified_staff_pct)
FROM store.county_overview;

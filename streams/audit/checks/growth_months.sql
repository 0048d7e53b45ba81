-- Growth of the children measured at each place, by month, age band and standard.
-- key: place_kind, center_id, clinic_id, month, band, standard

CREATE OR REPLACE TEMP VIEW expected AS FROM growth_months;

CREATE OR REPLACE TEMP VIEW found AS FROM store.growth_months;

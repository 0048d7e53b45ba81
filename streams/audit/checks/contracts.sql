-- Contracts as they were signed and ended.
-- key: contract_id

CREATE OR REPLACE TEMP VIEW expected AS FROM contracts;

CREATE OR REPLACE TEMP VIEW found AS FROM store.contracts;

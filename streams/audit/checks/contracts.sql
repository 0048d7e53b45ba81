-- Contracts as they were signed and ended.
-- key: contract_id

CREATE VIEW expected AS FROM contracts;

CREATE VIEW found AS FROM store.contracts;

-- Times that are always given were nullable at first. A store that has such columns is brought up to date; for any other
-- store nothing changes. Only tombstones hold a null there, and nobody is shown those: they get the time of their message.

ALTER TABLE huiyu_store.centers UPDATE filed_at = ifNull(filed_at, known_at) WHERE filed_at IS NULL
SETTINGS mutations_sync = 2;

ALTER TABLE huiyu_store.centers MODIFY COLUMN filed_at DateTime64(3, '${timezone}') DEFAULT toDateTime64(0, 3, '${timezone}');

ALTER TABLE huiyu_store.clinics UPDATE listed_at = ifNull(listed_at, known_at) WHERE listed_at IS NULL
SETTINGS mutations_sync = 2;

ALTER TABLE huiyu_store.clinics MODIFY COLUMN listed_at DateTime64(3, '${timezone}') DEFAULT toDateTime64(0, 3, '${timezone}');

ALTER TABLE huiyu_store.staff UPDATE certified_at = ifNull(certified_at, known_at) WHERE certified_at IS NULL
SETTINGS mutations_sync = 2;

ALTER TABLE huiyu_store.staff MODIFY COLUMN certified_at DateTime64(3, '${timezone}') DEFAULT toDateTime64(0, 3, '${timezone}');

ALTER TABLE huiyu_store.unlinked
    UPDATE first_at = ifNull(first_at, known_at), last_at = ifNull(last_at, known_at)
    WHERE first_at IS NULL OR last_at IS NULL
SETTINGS mutations_sync = 2;

ALTER TABLE huiyu_store.unlinked MODIFY COLUMN first_at DateTime64(3, '${timezone}') DEFAULT toDateTime64(0, 3, '${timezone}'),
    MODIFY COLUMN last_at DateTime64(3, '${timezone}') DEFAULT toDateTime64(0, 3, '${timezone}');

ALTER TABLE huiyu_store.rejections UPDATE received_at = ifNull(received_at, known_at) WHERE received_at IS NULL
SETTINGS mutations_sync = 2;

ALTER TABLE huiyu_store.rejections MODIFY COLUMN received_at DateTime64(3, '${timezone}') DEFAULT toDateTime64(0, 3, '${timezone}');

"""What was sent about a child and does not count: refused and not sent again since, or waiting."""

from __future__ import annotations

from typing import Any

from streams.store.read import Queries

MOST = 20
"""Of the refused ones the latest so many."""
SUBJECTS = "subject IN (SELECT DISTINCT subject FROM timeline WHERE child_id = {id:String})"
REFUSED = f"""
SELECT type, source, code, path, received_at AS at, 1 AS records
FROM huiyu_store.rejections FINAL
WHERE {SUBJECTS} AND (source, record_id) NOT IN (SELECT source, record_id FROM timeline WHERE child_id = {{id:String}})
ORDER BY received_at DESC LIMIT {MOST}
"""
WAITING = (
    f"SELECT '' AS type, source, '' AS code, '' AS path, last_at AS at, records FROM unlinked_subjects WHERE {SUBJECTS}"
)


def not_counted(store: Queries, child_id: str) -> list[dict[str, Any]]:
    """Rows of type, source, code, path, at, records; `code` is "" for what waits."""
    found = store.ask(REFUSED, id=child_id).objects()
    return found + store.ask(WAITING, id=child_id).objects()

"""The questions that the commands, the page and the tests ask of the store."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import ClickHouseError

from streams.errors import StoreRefused
from streams.settings import Settings
from streams.store.client import failures, place
from streams.store.subjects import name_of_child, subjects_of

READ_ONLY = {"readonly": 2}
"""Sent with every question, unless the user may only read anyway: who is read-only may not even set that."""

TIMELINE = (
    "occurred_at, local_date, kind, source, record_id, revision, subject, age_days, center_id, class_id, clinic_id, "
    "data, waz, haz, wlz, baz, hcz, wst_wfa, wst_lhfa, wst_wfl, flags, recorded_at, accepted_at"
)
ALERTS = (
    "alert_id, rule, rule_version, severity, child_id, center_id, clinic_id, milestone, state, resolution, due_on, "
    "raised_at, changed_at, acknowledged_at, acknowledged_by, acknowledged_until, acknowledged_reason, "
    "acknowledged_action, quiet, detail"
)
JSON_COLUMNS = {"data", "detail"}


@dataclass(frozen=True, slots=True)
class Answer:
    """Rows with the names of their columns; times are aware and local, dates are dates."""

    names: tuple[str, ...]
    rows: list[tuple[Any, ...]]

    def objects(self) -> list[dict[str, Any]]:
        """The rows as objects; columns that hold JSON text become what the text says."""
        return [{name: _parsed(name, value) for name, value in zip(self.names, row, strict=True)} for row in self.rows]


def _parsed(name: str, value: Any) -> Any:
    return orjson.loads(value) if name in JSON_COLUMNS and isinstance(value, str) and value else value


class Queries:
    """Questions to one store. Every method raises StoreAway or StoreRefused."""

    def __init__(self, client: Client, settings: Settings) -> None:
        self._client = client
        self._address = place(settings)
        self._read_only: dict[str, int] | None = None

    def ask(self, sql: str, **parameters: Any) -> Answer:
        """The answer to one of our own queries."""
        with failures(self._address):
            result = self._client.query(sql, parameters=parameters or None, settings=self._settings())
            return Answer(tuple(result.column_names), [tuple(row) for row in result.result_rows])

    def _settings(self) -> dict[str, int]:
        if self._read_only is None:
            own = self._client.query("SELECT toString(getSetting('readonly'))").first_row[0]
            self._read_only = READ_ONLY if own == "0" else {}
        return self._read_only

    def query(self, sql: str) -> Answer:
        """The answer to a user's query, who is told what ClickHouse says of it. Nothing can be written."""
        try:
            return self.ask(sql)
        except StoreRefused as refused:
            cause = refused.__cause__
            if isinstance(cause, ClickHouseError):
                raise StoreRefused(_said(str(cause))) from cause
            raise

    def child_of(self, child: str) -> str | None:
        """child_id of a registered child, given that or any subject under which it has records; None if unknown."""
        by_id = name_of_child(child) if ":" in child else child
        known = self.ask("SELECT child_id FROM children WHERE child_id = {id:String}", id=by_id)
        if not known.rows and ":" in child:
            known = self.ask("SELECT child_id FROM timeline WHERE subject = {s:String} LIMIT 1", s=child)
        return str(known.rows[0][0]) if known.rows else None

    def waiting(self, subject: str) -> int:
        """Records of a subject that wait for a registration or a link."""
        answer = self.ask("SELECT sum(records) FROM unlinked_subjects WHERE subject = {s:String}", s=subject)
        return int(answer.rows[0][0] or 0)

    def timeline(self, child_id: str) -> Answer:
        """A child's standing records, oldest first."""
        sql = f"SELECT {TIMELINE} FROM timeline WHERE child_id = {{id:String}} ORDER BY occurred_at, kind, record_id"
        return self.ask(sql, id=child_id)

    def child(self, child_id: str) -> Answer:
        """The one row of a child."""
        return self.ask("SELECT * FROM children WHERE child_id = {id:String}", id=child_id)

    def subjects(self, child_id: str) -> list[dict[str, Any]]:
        """Each subject of a child, with the registrations and links that say so; the root first."""
        of_child = "FROM timeline WHERE child_id = {id:String}"
        said = self.ask(
            "SELECT subject, kind, source, record_id, occurred_at, accepted_at, JSONExtractString(data, 'same_as') "
            f"AS same_as {of_child} AND kind IN ('child.registered', 'identity.linked')",
            id=child_id,
        )
        records = self.ask(f"SELECT subject, count() {of_child} GROUP BY subject", id=child_id)
        return subjects_of(child_id, said.objects(), dict(records.rows))

    def issues(self, child_id: str) -> Answer:
        """What does not fit together about a child."""
        columns = "problem, subject, records, since"
        sql = f"SELECT {columns} FROM identity_issues WHERE child_id = {{id:String}} ORDER BY problem, subject"
        return self.ask(sql, id=child_id)

    def alerts(self, clinic: str = "", state: str = "", limit: int = 0) -> Answer:
        """Alerts, active ones first, then by the latest change; all clinics, states and rows where nothing is given."""
        sql = (
            f"SELECT {ALERTS} FROM alerts WHERE ({{clinic:String}} = '' OR clinic_id = {{clinic:String}}) "
            "AND ({state:String} = '' OR state = {state:String}) "
            "ORDER BY state = 'resolved', changed_at DESC, alert_id"
        )
        if limit:
            sql += f" LIMIT {int(limit)}"
        return self.ask(sql, clinic=clinic, state=state)

    def alert(self, alert_id: str) -> Answer:
        """One alert, or no row."""
        return self.ask(f"SELECT {ALERTS} FROM alerts WHERE alert_id = {{id:String}}", id=alert_id)

    def transitions(self, alert_id: str) -> Answer:
        """Every transition of an alert, the first first, each with the `detail` that it was decided on."""
        sql = (
            "SELECT h.at AS at, h.state AS state, h.resolution AS resolution, l.detail AS detail "
            "FROM alert_history AS h LEFT JOIN (SELECT * FROM huiyu_store.alerts_log FINAL) AS l "
            "ON l.alert_id = h.alert_id AND l.version = h.transition "
            "WHERE h.alert_id = {id:String} ORDER BY h.transition"
        )
        return self.ask(sql, id=alert_id)

    def overview(self) -> Answer:
        """The county at a glance: one row."""
        return self.ask("SELECT * FROM county_overview")

    def joined(self) -> int:
        """Children of whom something stands under several subjects."""
        several = "SELECT child_id FROM timeline GROUP BY child_id HAVING uniqExact(subject) > 1"
        return int(self.ask(f"SELECT count() FROM ({several})").rows[0][0])

    def labels(self, view: str) -> dict[str, str]:
        """column → its comment, Chinese / English."""
        sql = "SELECT name, comment FROM system.columns WHERE database = 'huiyu' AND table = {view:String}"
        return dict(self.ask(sql, view=view).rows)


def _said(text: str) -> str:
    """What ClickHouse says of a query, on one line, without its frame and its list of all that might have stood."""
    said = text.rpartition("DB::Exception: ")[2].partition(" (version ")[0].partition(" (for url ")[0]
    return " ".join(said.partition(". Expected one of")[0].replace("FORMAT Native", "").split())

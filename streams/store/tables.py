"""The tables of huiyu_store as the sink fills them: key, columns, and each column's kind. Pure: no I/O.

deploy/clickhouse holds the DDL; a test compares the two column by column.
"""

from __future__ import annotations

from dataclasses import dataclass

from streams.store.kinds import KINDS, Kind

BOOKKEEPING = ("version", "is_deleted", "known_at")
"""The last columns of every table; the message that brings a row gives them, not the row."""


@dataclass(frozen=True, slots=True)
class Table:
    """`key`: the columns that name a row. `logged`: every version is also kept in NAME_log.

    `retired`: columns that messages of before may still bring, and that nobody keeps any longer.
    """

    name: str
    key: tuple[str, ...]
    columns: dict[str, Kind]
    logged: bool = False
    retired: frozenset[str] = frozenset()

    @property
    def targets(self) -> tuple[str, ...]:
        """The tables a row of this one is written to, the log first: what is current is always in the log."""
        return (f"{self.name}_log", self.name) if self.logged else (self.name,)


def _table(name: str, key: str, *, logged: bool = False, retired: str = "", **columns: str) -> Table:
    """`columns`: kind → names, separated by blanks."""
    named = {column: KINDS[kind] for kind, names in columns.items() for column in names.split()}
    return Table(name, tuple(key.split()), named, logged, frozenset(retired.split()))


_TIMELINE = _table(
    "timeline",
    "child_id kind source record_id",
    logged=True,
    text="child_id source record_id subject center_id class_id clinic_id origin event_id",
    word="kind",
    json="data",
    words="flags",
    u32="revision",
    maybe_i32="age_days",
    real="waz haz wlz baz hcz",
    maybe_i8="wst_wfa wst_lhfa wst_wfl",
    day="local_date",
    moment="occurred_at recorded_at accepted_at",
)

_CHILDREN = _table(
    "children",
    "child_id",
    logged=True,
    retired="open_alerts",
    text="child_id subject registered_by registration_record clinic_id center_id class_id community",
    word="sex status band service next_milestone departure_reason",
    maybe_u8="gestational_weeks",
    maybe_u16="birth_weight_g",
    day="birth_date enrolled_from last_checkup_on next_due_on registered_on departed_on",
)

_MILESTONES = _table(
    "milestones",
    "child_id milestone",
    logged=True,
    text="child_id clinic_id",
    word="milestone status",
    day="opens_on due_on overdue_on missed_on done_on",
)

_ALERT_ACTIONS = _table(
    "alert_actions",
    "alert_id partition offset",
    text="alert_id by reason id",
    word="action",
    u16="partition",
    u64="offset",
    day="until date",
    moment="at",
)

_DELIVERIES = _table(
    "deliveries",
    "alert_id key attempt result",
    text="alert_id key",
    word="result subscription channel reason",
    u32="attempt",
    millis="at due_at",
)

_VACCINATION_STATUS = _table(
    "vaccination_status",
    "child_id dose",
    logged=True,
    text="child_id clinic_id",
    word="dose vaccine status",
    u8="dose_no",
    day="earliest_on recommended_on overdue_on done_on",
)

_ALERTS = _table(
    "alerts",
    "alert_id",
    logged=True,
    text="alert_id child_id center_id clinic_id acknowledged_by",
    word="rule severity milestone state resolution acknowledged_reason",
    json="detail",
    u32="rule_version",
    day="due_on acknowledged_until",
    moment="raised_at changed_at",
    maybe_moment="acknowledged_at",
)

_ALERT_HISTORY = _table(
    "alert_history",
    "alert_id transition",
    text="alert_id",
    word="state resolution",
    u64="transition",
    moment="at",
)

_CENTER_DAYS = _table(
    "center_days",
    "center_id date",
    logged=True,
    text="center_id",
    key_day="date",
    u32="enrolled present absent absent_sick absent_unknown checked fever symptomatic sent_home",
)

_REGISTRY = (
    _table(
        "centers",
        "center_id",
        text="center_id name community",
        word="kind ownership",
        maybe_u32="places inclusive_places",
        real="lat lon",
        day="closed_on",
        moment="filed_at",
    ),
    _table("clinics", "clinic_id", text="clinic_id name", word="kind", real="lat lon", moment="listed_at"),
    _table(
        "contracts",
        "contract_id",
        text="contract_id center_id clinic_id",
        words="services",
        day="from_date until ended_on",
    ),
    _table(
        "staff",
        "staff_id",
        text="staff_id center_id certificate",
        word="role",
        day="valid_until left_on",
        moment="certified_at",
    ),
    _table(
        "trainings",
        "staff_id source record_id",
        text="staff_id source record_id center_id course",
        real="hours",
        day="date",
    ),
    _table(
        "guidance_visits",
        "center_id source record_id",
        text="center_id source record_id clinic_id findings",
        texts="topics",
        day="date",
    ),
    _table("calendars", "year", u16="year", days="days_off extra_workdays"),
    _table("populations", "region", text="region", u64="residents", maybe_u32="births under3", day="as_of"),
)

_BOOKKEEPING_TABLES = (
    _table("sources", "source", text="source", word="side cadence", maybe_moment="registered_at"),
    _table("source_heard", "source partition", text="source", u16="partition", maybe_moment="heard_until"),
    _table(
        "unlinked",
        "subject source writer partition",
        text="subject source",
        word="writer",
        u16="partition",
        u32="records",
        moment="first_at last_at",
    ),
    _table("watermarks", "stage partition", word="stage", u16="partition", maybe_moment="now"),
    _table(
        "rejections",
        "topic partition offset",
        text="source type subject path detail sha256 event_id record_id",
        word="topic code",
        u16="partition",
        u64="offset size",
        moment="received_at",
    ),
    _table(
        "events",
        "topic partition offset via child_id center_id",
        text="child_id center_id",
        word="topic via",
        u16="partition",
        u64="offset",
        millis="appended_at visible_at",
        raw="raw",
    ),
)

TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        *(
            _TIMELINE,
            _CHILDREN,
            _MILESTONES,
            _VACCINATION_STATUS,
            _ALERTS,
            _ALERT_HISTORY,
            _CENTER_DAYS,
            _DELIVERIES,
            _ALERT_ACTIONS,
        ),
        *(*_REGISTRY, *_BOOKKEEPING_TABLES),
    )
}

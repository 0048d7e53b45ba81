"""Reads ClickHouse into DuckDB, as Arrow, chunk by chunk: what people can query, and the accepted events behind it.

Through the views wherever there is one: what the audit compares is what a query answers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import duckdb
from clickhouse_connect.driver.client import Client

from streams.settings import Settings
from streams.store.client import connect, failures, place

ARROW = {"output_format_arrow_string_as_string": 1, "readonly": 2}


def _select(view: str, columns: str, dates: str = "", times: str = "") -> str:
    """Columns of a view; times as milliseconds since 1970, dates in the one form that Arrow has for them."""
    given = [*columns.split()]
    given += [f"toDate32({name}) AS {name}" for name in dates.split()]
    given += [f"toUnixTimestamp64Milli({name}) AS {name}" for name in times.split()]
    return f"SELECT {', '.join(given)} FROM {view}"


VERSIONED: Mapping[str, str] = {
    "timeline": "child_id, kind, source, record_id",
    "children": "child_id",
    "milestones": "child_id, milestone",
    "vaccination_status": "child_id, dose",
    "alerts": "alert_id",
    "center_days": "center_id, date",
}
"""The store's tables that keep every version in NAME_log, and their keys."""


def _versions(rows: str) -> str:
    """Key and hash of the rows of each versioned table; `rows`: where they are, for a table and its key."""
    hashed = "hex(sipHash128(toString(tuple(*)))) AS content"
    return " UNION ALL ".join(
        f"SELECT '{table}' AS table_name, toString(tuple({key})) AS row_key, {hashed} "
        f"FROM {rows.format(table=table, key=key)}"
        for table, key in VERSIONED.items()
    )


_NEWEST = "(SELECT * FROM huiyu_store.{table}_log ORDER BY {key}, version DESC LIMIT 1 BY {key}) WHERE is_deleted = 0"
_DAYS = "arrayMap(day -> toDate32(day), {0}) AS {0}"

QUERIES: Mapping[str, str] = {
    "events": (
        "SELECT topic, partition, offset, via, child_id, center_id, "
        "toUnixTimestamp64Milli(appended_at) AS appended_at, lower(hex(MD5(raw))) AS content "
        "FROM huiyu_store.events FINAL WHERE via != 'parked'"
    ),
    "rejections": _select(
        "huiyu.rejections",
        "topic partition offset source type subject code path detail sha256 size",
        times="received_at",
    ),
    "timeline": _select(
        "huiyu.timeline",
        "child_id kind source record_id subject revision age_days center_id class_id clinic_id data waz haz wlz "
        "baz hcz wst_wfa wst_lhfa wst_wfl flags origin event_id",
        dates="local_date",
        times="occurred_at recorded_at accepted_at",
    ),
    "children": _select(
        "huiyu.children",
        "child_id subject registered_by registration_record sex clinic_id status center_id class_id band service "
        "next_milestone open_alerts departure_reason gestational_weeks birth_weight_g community",
        dates="birth_date enrolled_from last_checkup_on next_due_on registered_on departed_on",
    ),
    "checkup_milestones": _select(
        "huiyu.checkup_milestones",
        "child_id milestone clinic_id status",
        dates="opens_on due_on overdue_on missed_on done_on",
    ),
    "due_soon": _select("huiyu.due_soon", "child_id milestone clinic_id status alert_state", dates="due_on"),
    "vaccination_status": _select(
        "huiyu.vaccination_status",
        "child_id dose vaccine dose_no clinic_id status",
        dates="earliest_on recommended_on overdue_on done_on",
    ),
    "alerts": _select(
        "huiyu.alerts",
        "alert_id rule rule_version severity child_id center_id clinic_id milestone state resolution",
        dates="due_on",
        times="changed_at",
    ),
    "alert_history": (
        "SELECT alert_id, toUnixTimestamp64Milli(at) AS changed_at, state, resolution, transition "
        "FROM huiyu.alert_history"
    ),
    "newest_versions": _versions(_NEWEST),
    "current_versions": _versions("huiyu_store.{table} FINAL"),
    "center_days": _select(
        "huiyu.center_days",
        "center_id enrolled present absent absent_sick absent_unknown checked fever symptomatic sent_home places",
        dates="date",
    ),
    "unlinked_subjects": _select("huiyu.unlinked_subjects", "subject source records", times="first_at last_at"),
    "identity_issues": _select("huiyu.identity_issues", "subject problem child_id records", times="since"),
    "receipts": _select(
        "huiyu.receipts",
        "source state waits_for event_id record_id kind is_retraction revision subject code topic partition offset",
    ),
    "sources": _select("huiyu.sources", "source side cadence state", times="heard_until registered_at"),
    "centers": _select(
        "huiyu.centers",
        "center_id name kind ownership places inclusive_places lat lon community",
        dates="closed_on",
        times="filed_at",
    ),
    "clinics": _select("huiyu.clinics", "clinic_id name kind lat lon", times="listed_at"),
    "contracts": _select(
        "huiyu.contracts", "contract_id center_id clinic_id services", dates="from_date until ended_on"
    ),
    "staff": _select(
        "huiyu.staff", "staff_id center_id role certificate", dates="valid_until left_on", times="certified_at"
    ),
    "trainings": _select("huiyu.trainings", "staff_id source record_id center_id course hours", dates="date"),
    "guidance_visits": _select(
        "huiyu.guidance_visits", "center_id source record_id clinic_id topics findings", dates="date"
    ),
    "calendars": (f"SELECT year, {_DAYS.format('days_off')}, {_DAYS.format('extra_workdays')} FROM huiyu.calendars"),
    "populations": _select("huiyu.populations", "region residents births under3", dates="as_of"),
    "clinic_months": _select(
        "huiyu.clinic_months", "clinic_id milestone due done_on_time done_late missed open", dates="month"
    ),
    "growth_months": _select(
        "huiyu.growth_months",
        "place_kind center_id clinic_id band standard assessed stunted underweight wasted overweight obese",
        dates="month",
    ),
    "county_overview": _select(
        "huiyu.county_overview",
        "centers inclusive_places residents places_per_1000 enrolled contracted_centers_pct certified_staff_pct "
        "children checkups_due checkups_missed active_alerts",
        times="now",
    ),
}


@contextmanager
def a_store(settings: Settings) -> Iterator[Callable[[duckdb.DuckDBPyConnection], None]]:
    """What loads every table of the audit's schema `store`. Raises StoreAway, StoreRefused.

    Connects at once: a store that is away is told before the log is read.
    """
    client = connect(settings)

    def load(connection: duckdb.DuckDBPyConnection) -> None:
        for table, query in QUERIES.items():
            with failures(place(settings)):
                _load(connection, client, table, query)

    try:
        yield load
    finally:
        client.close()


def _load(connection: duckdb.DuckDBPyConnection, client: Client, table: str, query: str) -> None:
    with client.query_arrow_stream(query, settings=ARROW) as chunks:
        for chunk in chunks:
            connection.register("chunk", chunk)
            connection.execute(f"INSERT INTO store.{table} BY NAME FROM chunk")
            connection.unregister("chunk")
